/** Times as officers read them, in the browser's own time zone. */
import { clock, dayOf } from "../../widget/text/time";
import { t } from "../texts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** 今天, 明天, 昨天, 3月5日 周四 or 2025年3月5日. */
export function day(at: string | Date, now: Date): string {
  const time = new Date(at);
  const offset = (days: number) => dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() + days));
  const date = dayOf(time);
  if (date === offset(0)) return t("time.today");
  if (date === offset(1)) return t("time.tomorrow");
  if (date === offset(-1)) return t("time.yesterday");
  return longDay(time, now);
}

function longDay(time: Date, now: Date): string {
  const parts = { year: time.getFullYear(), month: time.getMonth() + 1, day: time.getDate() };
  if (parts.year !== now.getFullYear()) return t("time.other_year", parts);
  return t("time.this_year", { ...parts, weekday: t("time.weekdays").split(" ")[time.getDay()] ?? "" });
}

/** 今天 09:05, 3月5日 周四 09:05 … */
export function moment(at: string, now: Date): string {
  return t("time.moment", { day: day(at, now), clock: clock(at) });
}

/** 3月5日 周四 09:00–11:30, or both moments when it ends on another day. */
export function period(from: string, to: string, now: Date): string {
  const end = dayOf(from) === dayOf(to) ? clock(to) : moment(to, now);
  return t("time.period", { from: moment(from, now), to: end });
}

/** A plain date, `2027-02-20` as 2027年2月20日; no time zone is involved. */
export function plainDate(date: string): string {
  const [year = "", month = "", dayOfMonth = ""] = date.split("-");
  return t("time.other_year", { year, month: Number(month), day: Number(dayOfMonth) });
}

/** How long: 不到 1 分钟, 12 分钟, 3 小时 5 分, 2 天. */
export function span(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < MINUTE) return t("time.moments");
  if (ms < HOUR) return t("time.minutes", { count: Math.floor(ms / MINUTE) });
  if (ms < DAY) {
    const minutes = Math.floor((ms % HOUR) / MINUTE);
    const hours = Math.floor(ms / HOUR);
    return minutes === 0 ? t("time.hours", { hours }) : t("time.hours_minutes", { hours, minutes });
  }
  return t("time.days", { count: Math.floor(ms / DAY) });
}

/** How long somebody has waited: 等了 12 分钟. */
export function waited(since: string, now: Date): string {
  return t("time.waited", { span: span(now.getTime() - new Date(since).getTime()) });
}

/** Until when an answer was promised; `late` once that has passed. */
export function promised(at: string, now: Date): { text: string; late: boolean } {
  const left = new Date(at).getTime() - now.getTime();
  if (left < 0) return { text: t("time.late", { span: span(-left) }), late: true };
  return { text: t("time.promised", { moment: moment(at, now) }), late: false };
}

/** Whole days from today until a plain date; negative when it has passed. */
export function daysUntil(date: string, now: Date): number {
  const [year = 0, month = 1, dayOfMonth = 1] = date.split("-").map(Number);
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  return Math.round((new Date(year, month - 1, dayOfMonth).getTime() - today.getTime()) / DAY);
}
