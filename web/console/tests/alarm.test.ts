import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { memoryBox } from "../../widget/conversation/box";
import { Alarm } from "../desk/alarm";
import { Bell } from "../desk/bell";

function alarm() {
  const titles: string[] = [];
  let rings = 0;
  const made = new Alarm({
    bell: { ring: () => void (rings += 1) },
    setTitle: (title) => titles.push(title),
    title: (waiting) => `(${waiting})`,
    urgentTitle: (urgent) => `!${urgent}`,
  });
  return { made, titles, rings: () => rings };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the bell rings at once and again every six seconds while something urgent waits", () => {
  const { made, rings } = alarm();
  made.update(["a"], 1);
  expect(rings()).toBe(1);
  vi.advanceTimersByTime(12_000);
  expect(rings()).toBe(3);
  made.update([], 0);
  vi.advanceTimersByTime(12_000);
  expect(rings()).toBe(3);
});

test("a second urgent conversation rings anew, an unchanged queue does not", () => {
  const { made, rings } = alarm();
  made.update(["a"], 1);
  made.update(["a"], 2);
  expect(rings()).toBe(1);
  made.update(["a", "b"], 2);
  expect(rings()).toBe(2);
});

test("what is not urgent is only counted", () => {
  const { made, titles, rings } = alarm();
  made.update([], 3);
  expect(titles.at(-1)).toBe("(3)");
  expect(rings()).toBe(0);
});

test("the bell remembers that it was switched off, and is silent before the page was touched", () => {
  const box = memoryBox();
  const bell = new Bell(box);
  expect(bell.view).toEqual({ on: true, ready: false });
  bell.ring();
  bell.toggle();
  expect(new Bell(box).view.on).toBe(false);
});
