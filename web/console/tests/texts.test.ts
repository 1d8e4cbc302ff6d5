import { expect, test } from "vitest";

import zh from "../texts/zh-CN.json";

const sources = import.meta.glob<string>(["../**/*.{ts,vue,html}", "!../tests/**", "!../api/schema.ts"], { eager: true, query: "?raw", import: "default" });

test("every sentence of the locale file is used", () => {
  const code = Object.values(sources).join("\n");
  const made = [...code.matchAll(/`([a-z_]+\.[^`]*\$\{[^`]*)`/g)].map(([, key = ""]) => new RegExp(`^${key.replace(/\./g, "\\.").replace(/\$\{[^}]*\}/g, "\\w+")}$`));
  const used = (key: string) =>
    code.includes(`"${key}"`) || code.includes(`'${key}'`) || code.includes(`%${key}%`) || made.some((pattern) => pattern.test(key));
  expect(Object.keys(zh).filter((key) => !used(key))).toEqual([]);
});

test("no Chinese sentence stands in the code", () => {
  const withoutComments = (code: string) => code.replace(/\/\*[\s\S]*?\*\/|\/\/.*|<!--[\s\S]*?-->/g, "");
  const offenders = Object.entries(sources).filter(([, code]) => /[\u4e00-\u9fff]/.test(withoutComments(code)));
  expect(offenders.map(([path]) => path)).toEqual([]);
});
