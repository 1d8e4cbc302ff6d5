/** Names as the server sends them for staff: the union, then the person. */

/** The person's own name of `合肥分行工会 王敏` or `合肥分行工会·王敏`. */
export function shortName(name: string): string {
  return name.split(/[\s·]+/).at(-1) ?? name;
}
