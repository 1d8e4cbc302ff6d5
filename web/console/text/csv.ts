/** Tables that a spreadsheet opens rightly and safely. */

/** Excel takes UTF-8 for GBK unless the file begins with this mark. */
const BYTE_ORDER_MARK = "\ufeff";
/** What makes a spreadsheet take a cell for a formula, full-width forms included. */
const FORMULA = /^[\s\u00a0\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]/;

/** One cell: quoted where needed, and never a formula, whoever has typed it. */
export function cell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n\t']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** Tab-separated, for pasting into a sheet; breaks within a cell would tear the row. */
export function pasteable(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => row.map((value) => flat(value)).join("\t")).join("\n");
}

function flat(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = value.replace(/[\t\r\n]+/g, " ");
  return FORMULA.test(text) ? `'${text}` : text;
}

/** Hand a CSV file to the browser's downloads. */
export function download(name: string, rows: readonly (readonly (string | number)[])[]): void {
  const url = URL.createObjectURL(new Blob([BYTE_ORDER_MARK, csv(rows)], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
