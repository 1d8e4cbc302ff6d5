import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { type Box, memoryBox } from "../conversation/box";
import { Conversation } from "../conversation/conversation";
import { answer, begun, type Call, FakeServer, FakeSocket, message, news, problem, settle, WITH_BOT } from "./support";

const VISITOR = { known: false, name: null };

const opening = message(1, { options: [{ id: "o", title: "我要咨询" }] });

/** A page on a server that opens conversations c1, c2, … and answers as `more` says. */
function page(more: Record<string, (call: Call) => unknown> = {}, box: Box = memoryBox()) {
  let opened = 0;
  const server = new FakeServer({
    "POST /conversations": () => {
      opened += 1;
      return begun(opened, { messages: [opening] });
    },
    "GET /conversations/c1": () => ({ id: "c1", org: null, person: VISITOR, ...WITH_BOT }),
    "GET /conversations/c1/messages": () => news([opening]),
    ...more,
  });
  const sockets: FakeSocket[] = [];
  const conversation = new Conversation({
    api: server.client,
    box,
    openSocket: (address) => {
      const socket = new FakeSocket(Number(new URL(address).searchParams.get("after")));
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
  });
  opened_pages.push(conversation);
  return { conversation, view: conversation.view, server, sockets, box };
}

const opened_pages: Conversation[] = [];

async function started(...given: Parameters<typeof page>) {
  const made = page(...given);
  made.conversation.start();
  await settle();
  made.sockets.at(-1)?.open();
  return made;
}

describe("a conversation", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(Math, "random").mockReturnValue(1); // every wait at its longest
  });
  afterEach(() => {
    for (const each of opened_pages.splice(0)) each.stop();
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  test("opens with the bot's message and streams on after it", async () => {
    const { view, sockets } = await started();
    expect(view).toMatchObject({ phase: "ready", connection: "online", owner: "bot" });
    expect(view.messages).toEqual([opening]);
    expect(sockets[0]?.after).toBe(1);
  });

  test("is continued after the tab was closed", async () => {
    const { box, conversation } = await started();
    conversation.stop();
    const history = [opening, message(2, { sender: "employee" }), message(3)];
    const again = await started({ "GET /conversations/c1/messages": () => news(history) }, box);
    expect(again.server.calls.some(({ method }) => method === "POST")).toBe(false);
    expect(again.view.messages).toEqual(history);
    expect(again.sockets[0]?.after).toBe(3);
  });

  test("an answer that comes by the stream and by the send is shown once, and nothing between is skipped", async () => {
    const { conversation, view, sockets } = await started({ "POST /conversations/c1/messages": () => answer(3) });
    conversation.send("年假几天");
    await settle();
    expect(view.messages.map(({ seq }) => seq)).toEqual([1, 3, 4]);
    sockets[0]?.break(1006);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sockets[1]?.after).toBe(1);
    for (const seq of [2, 3, 4]) sockets[1]?.receive({ type: "message", message: message(seq) });
    expect(view.messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });

  test("the bot is shown to be writing until its answer is there", async () => {
    const { conversation, view, sockets } = await started({
      "POST /conversations/c1/messages": () => answer(2, { messages: [], pending: true }),
    });
    conversation.send("年假几天");
    expect(view.typing).toBe("bot");
    await settle();
    expect(view.typing).toBe("bot");
    sockets[0]?.receive({ type: "message", message: message(3) });
    expect(view.typing).toBeNull();
  });

  test("a pending answer that the stream has brought already is not waited for", async () => {
    let release: (value: unknown) => void = () => undefined;
    const { conversation, view, sockets } = await started({
      "POST /conversations/c1/messages": () => new Promise((resolve) => (release = resolve)),
    });
    conversation.send("年假几天");
    await settle();
    sockets[0]?.receive({ type: "message", message: message(2, { sender: "employee" }) });
    sockets[0]?.receive({ type: "message", message: message(3) });
    release(answer(2, { messages: [], pending: true }));
    await settle();
    expect(view.typing).toBeNull();
  });

  test("where people talk, they are told what the employee reads and that they write", async () => {
    const { conversation, view, sockets } = await started();
    conversation.typing();
    expect(sockets[0]?.sent).toEqual([]);
    const queue = { position: 2, expected_at: null, urgent: false };
    sockets[0]?.receive({ type: "state", state: "queued", queue, staff_name: null });
    expect(view).toMatchObject({ owner: "queued", queue });
    for (let key = 0; key < 5; key += 1) conversation.typing();
    conversation.saw(1);
    conversation.saw(1);
    expect(sockets[0]?.sent).toEqual([{ type: "typing" }, { type: "read", seq: 1 }]);
    await vi.advanceTimersByTimeAsync(3000);
    conversation.typing();
    expect(sockets[0]?.sent).toHaveLength(3);
    sockets[0]?.receive({ type: "state", state: "staff", queue: null, staff_name: "合肥分行工会·王敏" });
    sockets[0]?.receive({ type: "typing", by: "staff" });
    expect(view).toMatchObject({ owner: "staff", staffName: "合肥分行工会·王敏", typing: "staff" });
    await vi.advanceTimersByTimeAsync(8000);
    expect(view.typing).toBeNull();
  });

  test("what was read while the stream was away is told when it is back", async () => {
    const { conversation, sockets } = await started();
    sockets[0]?.break(1006);
    conversation.saw(1);
    await vi.advanceTimersByTimeAsync(1000);
    sockets[1]?.open();
    expect(sockets[1]?.sent).toEqual([{ type: "read", seq: 1 }]);
  });

  test("what has been seen is remembered over a reload", async () => {
    const { conversation, box } = await started();
    conversation.saw(1);
    conversation.stop();
    const again = await started({}, box);
    expect(again.view.seen).toBe(1);
  });

  test("says that the system is busy, and when it no longer is", async () => {
    let busy = true;
    const { conversation, view } = await started({
      "POST /conversations/c1/messages": () => (busy ? problem(503, "unavailable", "系统繁忙。") : answer(2)),
    });
    conversation.send("年假几天");
    await settle();
    expect(view.connection).toBe("busy");
    busy = false;
    await vi.advanceTimersByTimeAsync(1000);
    expect(view.connection).toBe("online");
    expect(view.unsent).toEqual([]);
  });

  test("that the server has lost is replaced, and what was not delivered goes to the new one", async () => {
    const { conversation, view, server } = await started({
      "POST /conversations/c1/messages": () => problem(401, "token_invalid", "凭证失效。"),
      "POST /conversations/c2/messages": () => answer(2),
    });
    conversation.send("年假几天");
    await settle();
    expect(server.sent().map((body) => "text" in body && body.text)).toEqual(["年假几天", "年假几天"]);
    expect(server.calls.at(-1)).toMatchObject({ path: "/conversations/c2/messages", token: "Bearer t2" });
    expect(view.notice).toContain("之前的会话已经失效");
    expect(view.messages).toHaveLength(3);
  });

  test("a message that may have reached the lost conversation is not sent again unasked", async () => {
    let tries = 0;
    const { conversation, view, server } = await started({
      "POST /conversations/c1/messages": () => {
        tries += 1;
        if (tries === 1) throw new TypeError("Failed to fetch");
        return problem(404, "conversation_not_found", "没有这个会话。");
      },
    });
    conversation.send("年假几天");
    await settle();
    await vi.advanceTimersByTimeAsync(1000);
    await settle();
    expect(server.calls.filter(({ path }) => path === "/conversations/c2/messages" && tries > 2)).toEqual([]);
    expect(view.notice).toContain("年假几天");
    expect(view.messages).toEqual([opening]);
  });

  test("a server that loses every conversation is not asked for new ones in a circle", async () => {
    const gone = () => problem(404, "conversation_not_found", "没有这个会话。");
    const sends = Object.fromEntries([1, 2, 3, 4].map((number) => [`POST /conversations/c${number}/messages`, gone]));
    const { conversation, view, server } = await started(sends);
    const opened = () => server.calls.filter(({ path, method }) => method === "POST" && path === "/conversations").length;
    conversation.send("年假几天");
    await settle();
    await settle();
    expect(opened()).toBe(2);
    expect(view.phase).toBe("failed");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(opened()).toBe(3);
  });

  test("close code 4401 opens a new one", async () => {
    const { view, sockets, box } = await started();
    sockets[0]?.break(4401);
    await settle();
    expect(view.phase).toBe("ready");
    expect(box.get("ua.conversation")).toContain("t2");
  });

  test("cleared on request is deleted there, forgotten here, and not replaced by itself", async () => {
    const { conversation, view, box, server, sockets } = await started({
      "DELETE /conversations/c1": () => {
        sockets[0]?.break(4404);
        return new Response(null, { status: 204 });
      },
    });
    await conversation.clear();
    await settle();
    expect(view).toMatchObject({ phase: "ended", deleted: true, messages: [] });
    expect(box.keys()).toEqual([]);
    expect(server.calls.filter(({ path, method }) => method === "POST" && path === "/conversations")).toHaveLength(1);
  });

  test("that the server cannot delete is kept, and can still be forgotten here", async () => {
    const { conversation, view, box } = await started({ "DELETE /conversations/c1": () => problem(503, "unavailable", "系统繁忙。") });
    await expect(conversation.clear()).rejects.toThrow("系统繁忙。");
    expect(view.phase).toBe("ready");
    expect(box.get("ua.conversation")).toContain("t1");
    conversation.clearHere();
    expect(view).toMatchObject({ phase: "ended", deleted: false });
    expect(box.keys()).toEqual([]);
  });

  test("a new one takes the chosen branch along; when it cannot be opened the old one stays", async () => {
    let open = true;
    const { conversation, view, server } = await started({
      "POST /conversations": ({ body }) => {
        if (!open) return problem(503, "unavailable", "系统繁忙。");
        return begun(1, { messages: [opening], org: (body as { org?: string }).org ?? null });
      },
    });
    await conversation.startNew("示例银行");
    expect(server.calls.at(-1)?.body).toEqual({ channel: "web", org: "示例银行" });
    expect(view.org).toBe("示例银行");
    open = false;
    await expect(conversation.startNew(null)).rejects.toThrow("系统繁忙。");
    expect(view).toMatchObject({ phase: "ready", org: "示例银行" });
  });

  test("keeps trying to open while the server is away, and opens when it is back", async () => {
    let up = false;
    const { view } = await started({
      "POST /conversations": () => {
        if (!up) throw new TypeError("Failed to fetch");
        return begun(1, { messages: [opening] });
      },
    });
    expect(view).toMatchObject({ phase: "failed", trouble: "连不上服务器，请检查网络" });
    up = true;
    await vi.advanceTimersByTimeAsync(1000);
    await settle();
    expect(view.phase).toBe("ready");
  });

  test("follows another tab that has begun a new conversation", async () => {
    const box = memoryBox();
    const history = [message(1), message(2)];
    const { view, sockets } = await started({
      "GET /conversations/c9": () => ({ id: "c9", org: "示例银行", person: VISITOR, ...WITH_BOT }),
      "GET /conversations/c9/messages": () => news(history),
    }, box);
    box.set("ua.conversation", JSON.stringify({ id: "c9", token: "t9", org: "示例银行", ratings: {} }));
    window.dispatchEvent(new StorageEvent("storage", { key: "ua.conversation" }));
    await settle();
    expect(sockets[0]?.closed).toBe(true);
    expect(view.messages).toEqual(history);
    expect(view.org).toBe("示例银行");
  });

  test("ends when another tab has cleared it, even if the stream notices first", async () => {
    const { view, sockets, box, server } = await started();
    box.remove("ua.conversation");
    sockets[0]?.break(4404);
    window.dispatchEvent(new StorageEvent("storage", { key: "ua.conversation" }));
    await settle();
    expect(view).toMatchObject({ phase: "ended", messages: [] });
    expect(server.calls.filter(({ path, method }) => method === "POST" && path === "/conversations")).toHaveLength(1);
  });

  test("a rating is remembered over a reload, and not when the server did not take it", async () => {
    let works = false;
    const feedback = { "POST /conversations/c1/messages/m1/feedback": () => (works ? {} : problem(503, "unavailable", "系统繁忙。")) };
    const { conversation, view, box } = await started(feedback);
    await expect(conversation.rate("m1", { rating: "down", reason: "outdated" })).rejects.toThrow();
    expect(view.ratings).toEqual({});
    works = true;
    await conversation.rate("m1", { rating: "down", reason: "outdated" });
    const again = await started({}, box);
    expect(again.view.ratings).toEqual({ m1: "down" });
  });
});
