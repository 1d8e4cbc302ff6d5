import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { ApiError, Unreachable } from "../api/errors";
import type { SendAnswer, Sending } from "../contract";
import { type Box, memoryBox } from "../conversation/box";
import { Outbox } from "../conversation/outbox";
import { answer, settle } from "./support";

type Reply = () => SendAnswer | Promise<SendAnswer>;

/** An outbox whose server answers with `replies` in turn, and then always agrees. */
function queue(replies: Reply[] = [], { box = memoryBox(), conversation = "c" }: { box?: Box; conversation?: string } = {}) {
  const sent: Sending[] = [];
  const seen = { sent, answers: [] as SendAnswer[], trouble: 0, lost: 0, box };
  const outbox = new Outbox({
    box,
    conversation,
    send: async (body) => {
      sent.push(body);
      await Promise.resolve();
      return replies.shift()?.() ?? answer(2 * sent.length);
    },
    lastSeq: () => 1,
    onChange: () => undefined,
    onSent: (each) => void seen.answers.push(each),
    onTrouble: () => void (seen.trouble += 1),
    onLost: () => void (seen.lost += 1),
  });
  const texts = () => sent.map((body) => ("option" in body ? body.option : "text" in body ? body.text : ""));
  const ids = () => new Set(sent.map(({ client_id }) => client_id)).size;
  return { outbox, seen, texts, ids };
}

function offline(): never {
  throw new Unreachable();
}

function refused(status: number, detail = "不行"): Reply {
  return () => {
    throw new ApiError(status, "code", detail);
  };
}

describe("the outbox", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("sends one at a time, in the order written", async () => {
    let release: (value: SendAnswer) => void = () => undefined;
    const slow = () => new Promise<SendAnswer>((resolve) => (release = resolve));
    const { outbox, texts } = queue([slow]);
    outbox.add({ text: "一" });
    outbox.add({ text: "二" });
    outbox.add({ option: "o", title: "三" });
    await settle();
    expect(texts()).toEqual(["一"]);
    expect(outbox.items.map(({ status }) => status)).toEqual(["sending", "waiting", "waiting"]);
    release(answer(2));
    await settle();
    expect(texts()).toEqual(["一", "二", "o"]);
    expect(outbox.items).toEqual([]);
  });

  test("repeats after a network error under the same client_id, and keeps the order", async () => {
    const { outbox, seen, texts, ids } = queue([offline, offline]);
    outbox.add({ text: "一" });
    outbox.add({ text: "二" });
    await settle();
    await vi.advanceTimersByTimeAsync(1000);
    expect(outbox.items.map(({ status }) => status)).toEqual(["stalled", "waiting"]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(texts()).toEqual(["一", "一", "一", "二"]);
    expect(ids()).toBe(2);
    expect(seen.trouble).toBe(2);
    expect(seen.answers).toHaveLength(2);
  });

  test("waking up does not wait for the timer", async () => {
    const { outbox, texts } = queue([offline]);
    outbox.add({ text: "一" });
    await settle();
    outbox.wake();
    await settle();
    expect(texts()).toEqual(["一", "一"]);
    expect(outbox.items).toEqual([]);
  });

  test("waits as long as a busy server asks", async () => {
    const busy = () => {
      throw new ApiError(429, "too_many_messages", "太快了", 7000);
    };
    const { outbox, texts } = queue([busy]);
    outbox.add({ text: "一" });
    await settle();
    await vi.advanceTimersByTimeAsync(6999);
    expect(texts()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(texts()).toHaveLength(2);
  });

  test("a refused message shows why and does not hold up the next", async () => {
    const { outbox, texts } = queue([refused(422, "最多 2000 字。")]);
    outbox.add({ text: "太长" });
    outbox.add({ text: "短" });
    await settle();
    expect(texts()).toEqual(["太长", "短"]);
    expect(outbox.items).toMatchObject([{ status: "refused", detail: "最多 2000 字。", uncertain: false }]);
  });

  test("a refused message is tried again as a new one, or thrown away", async () => {
    const { outbox, texts, ids } = queue([refused(409)]);
    outbox.add({ text: "一" });
    await settle();
    outbox.retry(outbox.items[0]?.clientId ?? "");
    await settle();
    expect(texts()).toEqual(["一", "一"]);
    expect(ids()).toBe(2);
    expect(outbox.items).toEqual([]);
  });

  test("goes on after a reload where it was, under the same client_id", async () => {
    const box = memoryBox();
    const before = queue([offline], { box });
    before.outbox.add({ text: "一" });
    before.outbox.add({ text: "二" });
    await settle();
    before.outbox.stop();
    const after = queue([], { box });
    expect(after.outbox.items.map(({ body, uncertain }) => [body, uncertain])).toEqual([
      [{ text: "一" }, true],
      [{ text: "二" }, false],
    ]);
    await after.outbox.flush();
    expect(after.texts()).toEqual(["一", "二"]);
    expect(after.seen.sent[0]?.client_id).toBe(before.seen.sent[0]?.client_id);
    expect(box.keys()).toEqual([]);
  });

  test("does not send another conversation's messages", async () => {
    const box = memoryBox();
    const before = queue([offline], { box, conversation: "old" });
    before.outbox.add({ text: "一" });
    await settle();
    before.outbox.stop();
    const after = queue([], { box, conversation: "new" });
    await after.outbox.flush();
    expect(after.texts()).toEqual([]);
    expect(box.keys()).toEqual([]);
  });

  test("stops when the conversation is gone and knows which messages may have arrived", async () => {
    const { outbox, seen, texts } = queue([offline, refused(401)]);
    outbox.add({ text: "也许到了" });
    outbox.add({ text: "肯定没到" });
    await settle();
    await vi.advanceTimersByTimeAsync(1000);
    expect(seen.lost).toBe(1);
    expect(texts()).toEqual(["也许到了", "也许到了"]);
    expect(outbox.items.map(({ uncertain }) => uncertain)).toEqual([true, false]);
  });

  test("a message the server turned away because the conversation was gone certainly did not arrive", async () => {
    const { outbox } = queue([refused(404)]);
    outbox.add({ text: "一" });
    await settle();
    expect(outbox.items).toMatchObject([{ uncertain: false }]);
  });
});
