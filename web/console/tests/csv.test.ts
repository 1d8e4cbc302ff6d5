import { expect, test } from "vitest";

import { cell, csv, pasteable } from "../text/csv";

test.each(["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", " =HYPERLINK(\"x\")", "＝1", "\r=1"])("%j is never a formula", (text) => {
  expect(cell(text).replace(/^"/, "")).toMatch(/^'/);
});

test("quotes, commas and breaks are kept within their cell", () => {
  expect(csv([["张,伟", "他说\"好\"\n走", 2]])).toBe("\"张,伟\",\"他说\"\"好\"\"\n走\",2\r\n");
});

test("numbers stay numbers, the minus among them", () => {
  expect(csv([[-1, 2.5]])).toBe("-1,2.5\r\n");
});

test("a pasted row stays one row and no formula", () => {
  expect(pasteable([["张\n伟", "a\tb"], ["=1", 2]])).toBe("张 伟\ta b\n'=1\t2");
});
