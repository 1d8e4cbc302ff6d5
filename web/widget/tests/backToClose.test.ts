import { mount } from "@vue/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { defineComponent, h } from "vue";

import { useBackToClose } from "../components/backToClose";

/** The history as browsers keep it, with the steps back that were asked for. */
function fakeHistory() {
  const states: unknown[] = [null];
  vi.spyOn(history, "state", "get").mockImplementation(() => states.at(-1));
  vi.spyOn(history, "pushState").mockImplementation((state) => void states.push(state));
  const back = () => {
    states.pop();
    window.dispatchEvent(new PopStateEvent("popstate", { state: states.at(-1) }));
  };
  vi.spyOn(history, "back").mockImplementation(back);
  return { states, back };
}

function opened(back: () => boolean) {
  return mount(defineComponent({ setup: () => (useBackToClose(back), () => h("p")) }));
}

afterEach(() => {
  vi.restoreAllMocks();
});

test("the back button reaches only what is on top", () => {
  const { back, states } = fakeHistory();
  const below = vi.fn(() => false);
  const above = vi.fn(() => false);
  const lower = opened(below);
  const upper = opened(above);
  back();
  expect([above.mock.calls.length, below.mock.calls.length]).toEqual([1, 0]);
  upper.unmount();
  back();
  expect(below).toHaveBeenCalledTimes(1);
  lower.unmount();
  expect(states).toHaveLength(1);
});

test("what closes itself takes its mark away and leaves what is below open", () => {
  const { states } = fakeHistory();
  const below = vi.fn(() => false);
  const lower = opened(below);
  opened(() => false).unmount();
  expect(below).not.toHaveBeenCalled();
  lower.unmount();
  expect(states).toHaveLength(1);
});

test("a step back inside leaves it open, with a new mark", () => {
  const { back, states } = fakeHistory();
  const steps = [true, false];
  const panel = opened(() => steps.shift() ?? false);
  back();
  expect(states).toHaveLength(2);
  back();
  panel.unmount();
  expect(states).toHaveLength(1);
});
