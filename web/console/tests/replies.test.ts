import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { memoryBox } from "../../widget/conversation/box";
import { ApiError, Unreachable } from "../api/errors";
import type { Message } from "../api/types";
import { Replies } from "../desk/replies";
import { message, settle } from "./support";

type Outcome = Message | Error | Promise<Message>;

function outbox(outcomes: Outcome[], box = memoryBox()) {
  const sent: { conversation: string; clientId: string; text: string }[] = [];
  const arrived: string[] = [];
  const replies = new Replies({
    box,
    send: (conversation, clientId, text) => {
      sent.push({ conversation, clientId, text });
      const next = outcomes.shift() ?? message(1, { sender: "staff", text });
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    },
    onSent: (_conversation, { text }) => arrived.push(text),
  });
  replies.resume("s1");
  return { replies, sent, arrived, box };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a reply", () => {
  test("is sent once and then gone from the outbox", async () => {
    const { replies, sent, arrived, box } = outbox([]);
    replies.add("c1", "你好");
    await settle();
    expect(sent).toHaveLength(1);
    expect(arrived).toEqual(["你好"]);
    expect(replies.items).toEqual([]);
    expect(box.keys()).toEqual([]);
  });

  test("is repeated under the same client_id until it arrives", async () => {
    const { replies, sent } = outbox([new Unreachable(), new ApiError(503, "unavailable", "稍后再试。")]);
    replies.add("c1", "你好");
    await settle();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toHaveLength(3);
    expect(new Set(sent.map(({ clientId }) => clientId)).size).toBe(1);
    expect(replies.items).toEqual([]);
  });

  test("waits as long as an overloaded server asks", async () => {
    const { replies, sent } = outbox([new ApiError(429, "too_many", "慢一点。", 7000)]);
    replies.add("c1", "你好");
    await vi.advanceTimersByTimeAsync(6900);
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(sent).toHaveLength(2);
  });

  test("says that it is stalled only after a second failure, and goes at once when asked to", async () => {
    const { replies, sent } = outbox([new Unreachable(), new Unreachable()]);
    replies.add("c1", "你好");
    await settle();
    expect(replies.items[0]?.status).toBe("sending");
    await vi.advanceTimersByTimeAsync(1000);
    expect(replies.items[0]?.status).toBe("stalled");
    replies.wake();
    await settle();
    expect(sent).toHaveLength(3);
  });

  test("the server refuses stays with the reason and is not repeated", async () => {
    const { replies, sent } = outbox([new ApiError(409, "not_owner", "这个会话不在你手里。")]);
    replies.add("c1", "你好");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toHaveLength(1);
    expect(replies.of("c1")).toMatchObject([{ status: "refused", detail: "这个会话不在你手里。" }]);
  });

  test("waits for the one before it in its conversation, not for other conversations", async () => {
    let arrive: (sent: Message) => void = () => undefined;
    const slow = new Promise<Message>((resolve) => {
      arrive = resolve;
    });
    const { replies, sent } = outbox([slow]);
    replies.add("c1", "一");
    replies.add("c1", "二");
    replies.add("c2", "别的");
    await settle();
    expect(sent.map(({ text }) => text)).toEqual(["一", "别的"]);
    arrive(message(1, { text: "一" }));
    await settle();
    expect(sent.map(({ text }) => text)).toEqual(["一", "别的", "二"]);
  });

  test("goes on after a reload under the name it was tried with", async () => {
    const box = memoryBox();
    const before = outbox([new Promise<Message>(() => undefined)], box);
    before.replies.add("c1", "你好");
    await settle();
    const after = outbox([], box);
    await settle();
    expect(after.sent).toEqual(before.sent);
  });

  test("is never sent as another person's", async () => {
    const { replies, sent } = outbox([new ApiError(401, "login_required", "请先登录。")]);
    replies.add("c1", "你好");
    await settle();
    replies.resume("s2");
    await settle();
    expect(sent).toHaveLength(1);
    replies.resume("s1");
    await settle();
    expect(sent).toHaveLength(2);
  });

  test("is forgotten at logout", async () => {
    const { replies, box } = outbox([new Unreachable()]);
    replies.add("c1", "你好");
    await settle();
    replies.forget();
    await settle();
    expect(box.keys()).toEqual([]);
    expect(replies.items).toEqual([]);
  });
});
