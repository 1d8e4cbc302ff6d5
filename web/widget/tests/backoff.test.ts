import { expect, test } from "vitest";

import { backoff } from "../api/backoff";

test("the wait doubles and stops growing at thirty seconds", () => {
  const longest = () => 1;
  expect([0, 1, 2, 3, 4, 5, 6, 50].map((attempt) => backoff(attempt, longest))).toEqual([
    1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
  ]);
});

test("chance spreads the wait over the upper half of the interval and never below it", () => {
  expect(backoff(3, () => 0)).toBe(4000);
  expect(backoff(3, () => 0.5)).toBe(6000);
});
