import { describe, expect, test } from "vitest";

import type { Unsent } from "../conversation/outbox";
import { entries, merge, visibleUnsent } from "../conversation/timeline";
import { message } from "./support";

function unsent(fields: Partial<Unsent> = {}): Unsent {
  return {
    clientId: "u",
    conversation: "c",
    body: { text: "在路上" },
    addedAt: 1,
    afterSeq: null,
    uncertain: false,
    status: "waiting",
    detail: null,
    ...fields,
  };
}

function kinds(list: ReturnType<typeof entries>): string[] {
  return list.map((entry) => (entry.kind === "message" ? entry.message.id : entry.kind));
}

describe("merging", () => {
  test("shows a message once however often and by whatever way it comes", () => {
    const once = merge([message(1)], [message(2), message(1), message(2)]);
    expect(once.map(({ id }) => id)).toEqual(["m1", "m2"]);
  });

  test("orders by seq, not by arrival", () => {
    expect(merge([message(3)], [message(1), message(2)]).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  test("the newer copy of a message wins", () => {
    expect(merge([message(1, { text: "旧" })], [message(1, { text: "新" })])[0]?.text).toBe("新");
  });
});

describe("a message on its way", () => {
  test("stands after everything said so far", () => {
    expect(kinds(entries([message(1)], [unsent()], "bot"))).toEqual(["day", "m1", "unsent"]);
  });

  test("is not shown twice when the stream brings it before the send is answered", () => {
    const echoed = [message(1), message(2, { sender: "employee", text: "已遮住" }), message(3)];
    expect(visibleUnsent(echoed, [unsent({ afterSeq: 1, status: "sending" })])).toEqual([]);
  });

  test("is not taken for an older message of the employee", () => {
    const older = [message(1), message(2, { sender: "employee" })];
    expect(visibleUnsent(older, [unsent({ afterSeq: 2, status: "sending" })])).toHaveLength(1);
  });

  test("waits visibly while the one before it is on its way", () => {
    const echoed = [message(2, { sender: "employee" })];
    const both = [unsent({ afterSeq: 1, status: "sending" }), unsent({ clientId: "v" })];
    expect(visibleUnsent(echoed, both).map(({ clientId }) => clientId)).toEqual(["v"]);
  });

  test("that was refused stays to be seen", () => {
    const later = [message(5, { sender: "employee" })];
    expect(visibleUnsent(later, [unsent({ afterSeq: 1, status: "refused" })])).toHaveLength(1);
  });
});

describe("options", () => {
  const offer = message(1, { options: [{ id: "a", title: "年假" }] });
  const openness = (list: ReturnType<typeof entries>) =>
    list.flatMap((entry) => (entry.kind === "message" && entry.message.id === "m1" ? [[entry.open, entry.chosen]] : []));

  test("are open until the employee says something", () => {
    expect(openness(entries([offer], [], "bot"))).toEqual([[true, null]]);
  });

  test("close with the message that answers them, and the choice is marked", () => {
    const said = message(2, { sender: "employee", text: "年假" });
    expect(openness(entries([offer, said], [], "bot"))).toEqual([[false, "年假"]]);
  });

  test("close as soon as one is pressed, before the server knows", () => {
    expect(openness(entries([offer], [unsent({ body: { option: "a", title: "年假" } })], "bot"))).toEqual([[false, "年假"]]);
  });

  test.each(["staff", "closed"] as const)("are closed while the conversation is %s", (owner) => {
    expect(openness(entries([offer], [], owner))).toEqual([[false, null]]);
  });

  test("stay open when the answer to them was refused", () => {
    expect(openness(entries([offer], [unsent({ status: "refused" })], "bot"))).toEqual([[true, null]]);
  });
});

describe("the way out of the queue", () => {
  const place = message(2, { decision: "handover", options: [{ id: "o", title: "不等了，继续问助手" }] });
  const waiting = [message(1, { sender: "employee" }), place, message(3, { sender: "employee", text: "还在吗" })];
  const openness = (list: ReturnType<typeof entries>) =>
    list.flatMap((entry) => (entry.kind === "message" && entry.message.id === "m2" ? [[entry.open, entry.chosen]] : []));

  test("stays open while the employee waits and writes on", () => {
    expect(openness(entries(waiting, [unsent()], "queued"))).toEqual([[true, null]]);
  });

  test("is closed by taking it, and when the wait is over", () => {
    const taken = unsent({ body: { option: "o", title: "不等了，继续问助手" } });
    expect(openness(entries(waiting, [taken], "queued"))).toEqual([[false, "不等了，继续问助手"]]);
    expect(openness(entries(waiting, [], "staff"))).toEqual([[false, "还在吗"]]);
  });

  test("is only the newest one", () => {
    const again = message(4, { sender: "system", options: place.options });
    expect(openness(entries([...waiting, again], [], "queued"))).toEqual([[false, "还在吗"]]);
  });
});

test("a day is announced when it begins, not with each message", () => {
  const list = entries(
    [message(1, { at: "2026-03-05T04:00:00Z" }), message(2, { at: "2026-03-05T04:01:00Z" }), message(3, { at: "2026-03-07T04:00:00Z" })],
    [],
    "bot",
  );
  expect(kinds(list)).toEqual(["day", "m1", "m2", "day", "m3"]);
});
