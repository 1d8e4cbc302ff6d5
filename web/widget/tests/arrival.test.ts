import { afterEach, expect, test } from "vitest";

import { takeArrival } from "../page/arrival";

afterEach(() => {
  history.replaceState(null, "", "/");
});

function arrivedAt(address: string) {
  history.replaceState(null, "", address);
  return takeArrival();
}

test("who has logged in is read once and stands in the address no more", () => {
  expect(arrivedAt("/?org=1#identity=a.b.c")).toEqual({ token: "a.b.c", trouble: null });
  expect(location.href).toMatch(/\/\?org=1$/);
  expect(takeArrival()).toEqual({ token: null, trouble: null });
});

test.each(["broken", "outside", "unavailable"])("why nobody is logged in (%s) is read the same way", (trouble) => {
  expect(arrivedAt(`/#login=${trouble}`)).toEqual({ token: null, trouble });
  expect(location.hash).toBe("");
});

test("what is not from the login is left alone, and a reason without a sentence has one", () => {
  expect(arrivedAt("/#somewhere")).toEqual({ token: null, trouble: null });
  expect(location.hash).toBe("#somewhere");
  expect(arrivedAt("/#login=toString")).toEqual({ token: null, trouble: "broken" });
  expect(arrivedAt("/#identity=")).toEqual({ token: null, trouble: null });
});
