import { expect, test } from "vitest";

import { uuid } from "../api/uuid";

const VERSION_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("a page without a secure context still gets UUIDs of version 4, each different", () => {
  const insecure = { getRandomValues: crypto.getRandomValues.bind(crypto) };
  const made = Array.from({ length: 500 }, () => uuid(insecure));
  expect(made.every((each) => VERSION_4.test(each))).toBe(true);
  expect(new Set(made).size).toBe(500);
});

test("the browser's own generator is used where it exists", () => {
  const own = { getRandomValues: crypto.getRandomValues.bind(crypto), randomUUID: () => "own" };
  expect(uuid(own)).toBe("own");
});
