import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { conversation, deskWith, item, me, message, problem, queue, settle } from "./support";

const required = () => problem(401, "login_required", "请先登录。");

async function loggedIn(answers: Parameters<typeof deskWith>[0] = {}) {
  const made = deskWith({ "GET /me": () => me("officer"), ...answers });
  const stop = made.desk.start();
  await settle();
  const [socket] = made.sockets;
  if (!socket) throw new Error("no stream was opened");
  socket.open();
  return { ...made, socket, stop };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("logging in", () => {
  test("is asked for when nobody is, without saying that something expired", async () => {
    const { desk } = deskWith({ "GET /me": required });
    desk.start();
    await settle();
    expect(desk.session.view).toMatchObject({ phase: "out", expired: false });
  });

  test("opens the live feed", async () => {
    const { desk, sockets } = deskWith({ "GET /me": required, "POST /login": () => me("officer") });
    desk.start();
    await settle();
    expect(sockets).toHaveLength(0);
    await desk.session.login("wangfang", "x");
    expect(sockets).toHaveLength(1);
    expect(desk.session.view.phase).toBe("in");
  });

  test("says what the server says about a locked account", async () => {
    const { desk } = deskWith({ "POST /login": () => problem(423, "login_locked", "账号锁定到 10:15。") });
    await expect(desk.session.login("wangfang", "y")).rejects.toThrow("账号锁定到 10:15。");
  });

  test("is asked for again when any call finds the session ended; nothing of the queue stays", async () => {
    const { desk, socket } = await loggedIn({ "GET /tickets": required });
    socket.receive({ type: "queue", ...queue({ waiting: [item()] }) });
    await expect(desk.api.tickets({})).rejects.toThrow();
    expect(desk.session.view).toMatchObject({ phase: "out", expired: true });
    expect(desk.queue.waiting).toEqual([]);
  });
});

describe("logging out", () => {
  test("leaves no draft and no unsent reply in the browser", async () => {
    const { desk, tab } = await loggedIn({ "POST /logout": () => undefined, "POST /conversations/c1/messages": () => new Promise(() => undefined) });
    tab.set("desk.draft.c1", "半句话");
    desk.replies.add("c1", "你好");
    await desk.session.logout();
    expect(tab.keys()).toEqual([]);
    expect(desk.session.view.expired).toBe(false);
  });
});

describe("the queue", () => {
  test("is what the stream last said, in the server's order", async () => {
    const { desk, socket } = await loggedIn();
    expect(desk.live.known).toBe(false);
    socket.receive({ type: "queue", ...queue({ waiting: [item({ handover_id: "b" }), item({ handover_id: "a" })], mine: [item({ unread: 2 })] }) });
    expect(desk.queue.waiting.map(({ handover_id }) => handover_id)).toEqual(["b", "a"]);
    expect(desk.live.known).toBe(true);
    socket.receive({ type: "queue", ...queue() });
    expect(desk.queue.mine).toEqual([]);
  });

  test("is fetched where the stream is blocked", async () => {
    const { desk, socket } = await loggedIn({ "GET /queue": () => queue({ waiting: [item()] }) });
    socket.break(1006);
    await settle();
    expect(desk.queue.waiting).toHaveLength(1);
  });

  test("an urgent conversation flashes in the title until somebody claims it", async () => {
    const { socket, stop } = await loggedIn();
    socket.receive({ type: "queue", ...queue({ waiting: [item({ urgent: true })] }) });
    expect(document.title).toBe("【紧急】1 人需要马上联系");
    vi.advanceTimersByTime(1000);
    expect(document.title).toBe("(1) 工会工作台");
    vi.advanceTimersByTime(1000);
    expect(document.title).toContain("紧急");
    socket.receive({ type: "queue", ...queue({ mine: [item({ urgent: true })] }) });
    expect(document.title).toBe("工会工作台");
    vi.advanceTimersByTime(5000);
    expect(document.title).toBe("工会工作台");
    stop();
  });

  test("tickets that changed are fetched again", async () => {
    const { desk, socket } = await loggedIn();
    socket.receive({ type: "tickets" });
    expect(desk.live.ticketsChanged).toBe(1);
  });
});

describe("the conversation on the screen", () => {
  test("is watched from its last message on", async () => {
    const { desk, socket } = await loggedIn({ "GET /conversations/c1": () => conversation({ messages: [message(1), message(2)] }) });
    await desk.talk.open("c1");
    await settle();
    desk.talk.leave();
    await settle();
    expect(socket.sent).toContainEqual({ type: "watch", conversation_id: "c1", after: 2 });
    expect(socket.sent.at(-1)).toEqual({ type: "watch", conversation_id: null, after: 0 });
  });

  test("shows what comes, each message once", async () => {
    const { desk, socket } = await loggedIn({ "GET /conversations/c1": () => conversation({ state: "staff", mine: true, staff: { id: "s1", name: "王芳" } }) });
    await desk.talk.open("c1");
    const frame = { type: "conversation", conversation_id: "c1", state: "staff", staff: { id: "s1", name: "王芳" }, read_seq: 3, messages: [message(2), message(3)], deliveries: [] };
    socket.receive({ type: "typing", conversation_id: "c1" });
    expect(desk.talk.view.employeeTyping).toBe(true);
    socket.receive(frame);
    socket.receive(frame);
    expect(desk.talk.view.messages.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(desk.talk.view.conversation?.read_seq).toBe(3);
    expect(desk.talk.view.employeeTyping).toBe(false);
  });

  test("shows what has become of an answer on its way to the messenger, and nothing else is another", async () => {
    const said = message(2, { sender: "staff", delivery: "pending" });
    const { desk, socket } = await loggedIn({ "GET /conversations/c1": () => conversation({ state: "staff", messages: [message(1), said] }) });
    await desk.talk.open("c1");
    const [asked] = desk.talk.view.messages;
    const deliveries = [{ message_id: said.id, delivery: "unknown", delivery_reason: "没有等到回音" }];
    socket.receive({ type: "conversation", conversation_id: "c1", state: "staff", staff: null, read_seq: 0, messages: [], deliveries });
    expect(desk.talk.view.messages[1]).toMatchObject({ delivery: "unknown", delivery_reason: "没有等到回音" });
    expect(desk.talk.view.messages[0]).toBe(asked);
  });

  test("an answer that is sent again is shown as the server has it then", async () => {
    const failed = message(2, { sender: "staff", delivery: "failed", delivery_reason: "对方退出了应用" });
    const { desk, server } = await loggedIn({
      "GET /conversations/c1": () => conversation({ messages: [failed] }),
      "POST /conversations/c1/messages/m2/again": () => ({ ...failed, delivery: "pending", delivery_reason: null }),
    });
    await desk.talk.open("c1");
    await desk.talk.sendAgain(failed);
    expect(server.made("POST", "/conversations/c1/messages/m2/again")).toHaveLength(1);
    expect(desk.talk.view.messages).toEqual([{ ...failed, delivery: "pending", delivery_reason: null }]);
  });

  test("that a colleague takes is fetched anew, because only the server knows what is allowed then", async () => {
    let taken = false;
    const { desk, socket, server } = await loggedIn({
      "GET /conversations/c1": () => conversation(taken ? { state: "staff", staff: { id: "s2", name: "李强" }, can_claim: false } : {}),
    });
    await desk.talk.open("c1");
    taken = true;
    socket.receive({ type: "conversation", conversation_id: "c1", state: "staff", staff: { id: "s2", name: "李强" }, read_seq: 0, messages: [], deliveries: [] });
    await settle();
    expect(server.made("GET", "/conversations/c1")).toHaveLength(2);
    expect(desk.talk.view.conversation?.can_claim).toBe(false);
  });

  test("that a colleague takes is fetched anew also when only the queue tells", async () => {
    const { socket, server, desk } = await loggedIn({ "GET /conversations/c1": () => conversation() });
    socket.receive({ type: "queue", ...queue({ waiting: [item()] }) });
    await desk.talk.open("c1");
    socket.receive({ type: "queue", ...queue({ waiting: [item({ position: 2 })] }) });
    await settle();
    expect(server.made("GET", "/conversations/c1")).toHaveLength(1);
    socket.receive({ type: "queue", ...queue({ others: [item({ state: "staff", last_text: null, claimed_by: { id: "s2", name: "李强" } })] }) });
    await settle();
    expect(server.made("GET", "/conversations/c1")).toHaveLength(2);
  });

  test("that somebody else claimed first says who, and shows how it stands", async () => {
    const { desk, server } = await loggedIn({
      "GET /conversations/c1": () => conversation(),
      "POST /conversations/c1/claim": () => problem(409, "already_claimed", "李强 刚刚接起了这个会话。"),
    });
    await desk.talk.open("c1");
    await expect(desk.talk.claim()).rejects.toThrow("李强 刚刚接起了这个会话。");
    await settle();
    expect(server.made("GET", "/conversations/c1")).toHaveLength(2);
  });

  test("stays on the screen while the server is away, and goes when it may no longer be read", async () => {
    let answer: () => unknown = () => conversation();
    const { desk } = await loggedIn({ "GET /conversations/c1": () => answer() });
    await desk.talk.open("c1");
    answer = () => problem(503, "unavailable", "稍后再试。");
    await desk.talk.refresh();
    expect(desk.talk.view.conversation).not.toBeNull();
    answer = () => problem(404, "conversation_not_found", "没有这个会话。");
    await desk.talk.refresh();
    expect(desk.talk.view).toMatchObject({ conversation: null, trouble: "这个会话现在不能查看：可能已由同事接起，或者对方不等了。" });
  });
});
