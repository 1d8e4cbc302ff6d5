/** Several consultation times made from a day, a first hour, a length and a count. */

const MINUTE = 60_000;

/** The starts, as RFC 3339, of `count` times of `minutes` one after another from `from` (`09:30`) on `day`. */
export function starts(day: Date, from: string, minutes: number, count: number): string[] {
  const [hour = 0, minute = 0] = from.split(":").map(Number);
  const first = new Date(day.getFullYear(), day.getMonth(), day.getDate(), hour, minute).getTime();
  return Array.from({ length: count }, (_, index) => new Date(first + index * minutes * MINUTE).toISOString());
}
