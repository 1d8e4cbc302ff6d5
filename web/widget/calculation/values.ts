/** What is written into a field of the form, as the server takes it. */
import type { Kind, Value } from "./contract";

/** How the two answers to a yes-no question are kept in the form. */
export const YES = "yes";
export const NO = "no";

const NUMBERS: readonly Kind[] = ["years", "months", "days", "hours", "money", "count", "percent"];

export function isNumber(kind: Kind): boolean {
  return NUMBERS.includes(kind);
}

/** The value of what was written; null where nothing was, undefined where it is no number but should be one. */
export function valueOf(kind: Kind, written: string): Value | null | undefined {
  if (written.trim() === "") return null;
  if (kind === "yes_no") return written === YES;
  if (!isNumber(kind)) return written;
  // As an input method writes it: full-width digits, and commas between the thousands.
  const text = written.normalize("NFKC").replace(/[\s,]/g, "");
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}
