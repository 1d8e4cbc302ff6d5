import { describe, expect, test } from "vitest";

import { judgement, personName } from "../text/people";
import { starts } from "../text/slots";
import { day, daysUntil, moment, period, plainDate, promised, span, waited } from "../text/time";

const now = new Date(2026, 2, 5, 10, 0);
const at = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString();

describe("times", () => {
  test("how long somebody waits grows from moments to days", () => {
    expect([30, 60, 12 * 60, 60 * 60, 3900, 26 * 3600].map((seconds) => span(seconds * 1000))).toEqual(
      ["不到 1 分钟", "1 分钟", "12 分钟", "1 小时", "1 小时 5 分", "1 天"]);
  });

  test("a clock that runs behind the server's makes nobody wait for less than no time", () => {
    expect(waited(at(2026, 2, 5, 10, 1), now)).toBe("等了 不到 1 分钟");
  });

  test("days are named near today and dated further away", () => {
    expect([at(2026, 2, 5, 23, 59), at(2026, 2, 6, 0, 0), at(2026, 2, 4, 9, 0), at(2026, 2, 9, 9, 0), at(2025, 2, 9, 9, 0)].map((time) => day(time, now)))
      .toEqual(["今天", "明天", "昨天", "3月9日 周一", "2025年3月9日"]);
  });

  test("a period names its second day only when it is another", () => {
    expect(period(at(2026, 2, 6, 9, 0), at(2026, 2, 6, 11, 30), now)).toBe("明天 09:00–11:30");
    expect(period(at(2026, 2, 6, 9, 0), at(2026, 2, 7, 11, 30), now)).toBe("明天 09:00–3月7日 周六 11:30");
  });

  test("a promise that has passed says so", () => {
    expect(promised(at(2026, 2, 5, 10, 30), now)).toEqual({ text: "说好 今天 10:30 前答复", late: false });
    expect(promised(at(2026, 2, 5, 9, 50), now)).toEqual({ text: "已超过答复时间 10 分钟", late: true });
  });

  test("plain dates know no time zone", () => {
    expect(plainDate("2027-02-20")).toBe("2027年2月20日");
    expect([daysUntil("2026-03-05", now), daysUntil("2026-04-05", now), daysUntil("2026-03-01", now)]).toEqual([0, 31, -4]);
    expect(moment(at(2026, 2, 5, 9, 5), now)).toBe("今天 09:05");
  });
});

test("several consultation times follow one another", () => {
  const times = starts(new Date(2026, 2, 6), "09:30", 45, 3).map((time) => new Date(time));
  expect(times.map((time) => [time.getDate(), time.getHours(), time.getMinutes()])).toEqual([[6, 9, 30], [6, 10, 15], [6, 11, 0]]);
});

test("people without a name are visitors or employees", () => {
  expect([{ known: true, name: "张伟" }, { known: true, name: null }, { known: false, name: null }].map(personName)).toEqual(["张伟", "职工", "访客"]);
});

test("the assistant's decision and confidence are put into plain words", () => {
  expect(judgement({ decision: "answer", confidence: 0.823 })).toBe("助手直接回答，很有把握（82%）");
  expect(judgement({ decision: "clarify", confidence: 0.41 })).toBe("助手反问，把握不大（41%）");
  expect(judgement({ decision: "flow", confidence: null })).toBeNull();
  expect(judgement({ decision: null, confidence: null })).toBeNull();
});
