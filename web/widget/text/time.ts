/** Times and dates as people read them, in the browser's own time zone. */
import { t } from "../texts";

/** The local calendar day of an RFC 3339 time, as `2026-03-05`. */
export function dayOf(at: string | Date): string {
  const time = new Date(at);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

/** Hours and minutes of an RFC 3339 time, as `09:05`. */
export function clock(at: string): string {
  const time = new Date(at);
  return `${String(time.getHours()).padStart(2, "0")}:${String(time.getMinutes()).padStart(2, "0")}`;
}

/** 今天, 明天, 昨天, 3月5日 星期四 or 2025年3月5日. */
export function dayLabel(at: string, now: Date = new Date()): string {
  const time = new Date(at);
  const daysAway = (days: number) => dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() + days));
  if (dayOf(time) === dayOf(now)) return t("day.today");
  if (dayOf(time) === daysAway(-1)) return t("day.yesterday");
  if (dayOf(time) === daysAway(1)) return t("day.tomorrow");
  const parts = { year: time.getFullYear(), month: time.getMonth() + 1, day: time.getDate() };
  if (parts.year !== now.getFullYear()) return t("day.other_year", parts);
  return t("day.this_year", { ...parts, weekday: t("day.weekdays").split(" ")[time.getDay()] ?? "" });
}

/** A plain date `2008-01-01` as 2008年1月1日; no time zone is involved. */
export function dateLabel(date: string): string {
  const [year = "", month = "", day = ""] = date.split("-");
  return t("date.full", { year, month: Number(month), day: Number(day) });
}
