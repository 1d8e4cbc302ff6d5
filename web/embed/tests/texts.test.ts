import { expect, test } from "vitest";

import { t } from "../texts";
import zh from "../texts/zh-CN.json";

const sources = import.meta.glob<string>(["../**/*.ts", "!../tests/**"], { eager: true, query: "?raw", import: "default" });

test("places in a sentence are filled", () => {
  expect(t("launcher.unread", { count: 7 })).toBe("7 条新消息");
});

test("every sentence of the locale file is used", () => {
  const code = Object.values(sources).join("\n");
  expect(Object.keys(zh).filter((key) => !code.includes(`"${key}"`))).toEqual([]);
});

test("no Chinese sentence stands in the code", () => {
  const withoutComments = (code: string) => code.replace(/\/\*[\s\S]*?\*\/|\/\/.*|<!--[\s\S]*?-->/g, "");
  const offenders = Object.entries(sources).filter(([, code]) => /[\u4e00-\u9fff]/.test(withoutComments(code)));
  expect(offenders.map(([path]) => path)).toEqual([]);
});
