/** Every sentence the console shows, from one locale file. */
import zh from "./zh-CN.json";

export type TextKey = keyof typeof zh;

/** Return the sentence for `key`, its `{name}` places filled from `values`. */
export function t(key: TextKey, values: Record<string, string | number> = {}): string {
  return zh[key].replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}
