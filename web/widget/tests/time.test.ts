import { expect, test } from "vitest";

import { dateLabel, dayLabel } from "../text/time";

const now = new Date(2026, 2, 5, 9, 0);
const at = (...parts: [number, number, number]) => new Date(parts[0], parts[1] - 1, parts[2], 23, 59).toISOString();

test("days near are named, days of this year carry the weekday, older ones the year", () => {
  expect(dayLabel(at(2026, 3, 5), now)).toBe("今天");
  expect(dayLabel(at(2026, 3, 4), now)).toBe("昨天");
  expect(dayLabel(at(2026, 3, 3), now)).toBe("3月3日 星期二");
  expect(dayLabel(at(2025, 12, 31), now)).toBe("2025年12月31日");
});

test("what is expected tomorrow is called so", () => {
  expect(dayLabel(at(2026, 3, 6), now)).toBe("明天");
  expect(dayLabel(at(2026, 4, 1), new Date(2026, 2, 31, 23, 0))).toBe("明天");
});

test("yesterday is found across the new year", () => {
  expect(dayLabel(at(2025, 12, 31), new Date(2026, 0, 1, 0, 5))).toBe("昨天");
});

test("a plain date has no time zone to be moved by", () => {
  expect(dateLabel("2008-01-01")).toBe("2008年1月1日");
});
