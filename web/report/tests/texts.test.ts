import { expect, test } from "vitest";

import { t } from "../texts";
import zh from "../texts/zh-CN.json";

const sources = import.meta.glob<string>(["../**/*.{ts,vue}", "../index.html", "!../tests/**"], { eager: true, query: "?raw", import: "default" });

test("places in a sentence are filled", () => {
  expect(t("look.received_on", { date: "3月5日" })).toBe("3月5日收到");
});

test("every sentence of the locale file is used", () => {
  const code = Object.values(sources).join("\n");
  const used = (key: string) =>
    code.includes(`"${key}"`) || code.includes(`'${key}'`) || code.includes(`%${key}%`) ||
    // Keys made in the code: t(`state.${report.state}`), t(`form.${kind}_hint`).
    [...code.matchAll(/t\(`([^`]*)`/g)].some(([, made = ""]) => new RegExp(`^${made.replace(/\./g, "\\.").replace(/\$\{[^}]*\}/g, "\\w+")}$`).test(key));
  expect(Object.keys(zh).filter((key) => !used(key))).toEqual([]);
});

test("no Chinese sentence stands in the code", () => {
  const withoutComments = (code: string) => code.replace(/\/\*[\s\S]*?\*\/|\/\/.*|<!--[\s\S]*?-->/g, "");
  const offenders = Object.entries(sources).filter(([, code]) => /[\u4e00-\u9fff]/.test(withoutComments(code)));
  expect(offenders.map(([path]) => path)).toEqual([]);
});
