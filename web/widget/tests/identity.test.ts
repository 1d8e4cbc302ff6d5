import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { type Box, memoryBox } from "../conversation/box";
import { Conversation } from "../conversation/conversation";
import { visitor, whoIs } from "../conversation/identity";
import { anyFramed } from "../conversation/memory";
import { begun, type Call, FakeServer, FakeSocket, message, news, problem, settle, WITH_BOT } from "./support";

const opening = message(1);

/** A token as the portal signs it; only its claims matter here. */
function token(sub: string, note = ""): string {
  const payload = btoa(JSON.stringify({ sub, note })).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  return `head.${payload}.signature`;
}

const ZHANG = token("8001");
const LI = token("8002");

/** A framed chat whose server knows whom a token names unless it is in `refused`. */
function framed({ box = memoryBox(), refused = [] as string[], fresh = null as string | null } = {}) {
  let opened = 0;
  const names: Record<string, string> = { [ZHANG]: "张三", [LI]: "李四" };
  const asked: boolean[] = [];
  const answers: Record<string, (call: Call) => unknown> = {
    "POST /conversations": ({ token: authorization }) => {
      const given = authorization?.replace("Bearer ", "") ?? null;
      if (given !== null && refused.includes(given)) return problem(401, "identity_expired", "登录已过期。");
      opened += 1;
      const name = given === null ? null : (names[given] ?? "某人");
      return begun(opened, { messages: [opening], org: name ? "示例银行" : null, person: { known: name !== null, name } });
    },
  };
  for (let number = 1; number <= 5; number += 1) {
    answers[`GET /conversations/c${number}`] = () => ({ id: `c${number}`, org: null, person: { known: false, name: null }, ...WITH_BOT });
    answers[`GET /conversations/c${number}/messages`] = () => news([opening]);
  }
  const server = new FakeServer(answers);
  const conversation = new Conversation({
    api: server.client,
    box,
    portal: {
      token: (options) => {
        asked.push(options.fresh);
        return Promise.resolve(fresh);
      },
    },
    openSocket: () => new FakeSocket(0) as unknown as WebSocket,
  });
  opened_pages.push(conversation);
  const openings = () => server.calls.filter(({ method, path }) => method === "POST" && path === "/conversations");
  return { conversation, view: conversation.view, box, asked, openings };
}

const opened_pages: Conversation[] = [];

async function begunAs(who: string | null, options: Parameters<typeof framed>[0] = {}) {
  const made = framed(options);
  made.conversation.identify(who);
  made.conversation.start();
  await settle();
  return made;
}

describe("who is asking", () => {
  test("is told apart by the token's subject, not by the token", () => {
    expect(whoIs(token("8001", "later")).place).toBe(whoIs(ZHANG).place);
    expect(whoIs(LI).place).not.toBe(whoIs(ZHANG).place);
    expect(whoIs("no token").place).not.toBe(visitor({ framed: true }).place);
  });

  test("does not stand in the browser's storage", async () => {
    const { box } = await begunAs(ZHANG);
    const all = box.keys().map((key) => key + (box.get(key) ?? "")).join();
    expect(all).not.toContain("8001");
    expect(all).not.toContain(ZHANG);
    expect(all).not.toContain("张三");
  });
});

describe("a conversation in a portal", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    for (const each of opened_pages.splice(0)) each.stop();
    vi.useRealTimers();
  });

  test("is the named person's, with the branch the server knows", async () => {
    const { view, openings } = await begunAs(ZHANG);
    expect(openings()[0]).toMatchObject({ token: `Bearer ${ZHANG}`, body: { channel: "widget" } });
    expect(view).toMatchObject({ person: { known: true, name: "张三" }, org: "示例银行" });
  });

  test("begun by a visitor is left when an identity arrives, and not found again after logging out", async () => {
    const { conversation, view, openings, box } = await begunAs(null);
    expect(view).toMatchObject({ id: "c1", person: { known: false } });
    conversation.identify(ZHANG);
    expect(view.phase).toBe("starting");
    await settle();
    expect(view).toMatchObject({ id: "c2", person: { name: "张三" } });
    conversation.identify(null);
    await settle();
    expect(view).toMatchObject({ id: "c3", person: { known: false }, org: null });
    expect(openings().at(-1)).toMatchObject({ token: null, body: { channel: "widget" } });
    expect(anyFramed(box)).toBe(true);
  });

  test("of one person is never continued by another, and is gone from the browser then", async () => {
    const { conversation, view, box } = await begunAs(ZHANG);
    conversation.identify(LI);
    await settle();
    expect(view).toMatchObject({ id: "c2", person: { name: "李四" } });
    expect(box.keys().every((key) => key.startsWith(whoIs(LI).place))).toBe(true);
    conversation.identify(ZHANG);
    await settle();
    expect(view.id).toBe("c3");
  });

  test("goes on when the same person has a new token, and after a reload", async () => {
    const { conversation, view, openings, box } = await begunAs(ZHANG);
    conversation.identify(token("8001", "later"));
    await settle();
    expect(openings()).toHaveLength(1);
    conversation.stop();
    const again = framed({ box });
    again.conversation.identify(ZHANG);
    expect(again.conversation.remembered).toBe(true);
    again.conversation.start();
    await settle();
    expect(again.openings()).toHaveLength(0);
    expect(again.view.id).toBe(view.id);
  });

  test("does not touch what a visitor keeps on the chat's own page", async () => {
    const box: Box = memoryBox();
    box.set("ua.conversation", JSON.stringify({ id: "page", token: "t" }));
    const { conversation } = await begunAs(ZHANG, { box });
    conversation.forgetPeople();
    await settle();
    expect(box.get("ua.conversation")).toContain("page");
    expect(box.keys().filter((key) => key.endsWith("ua.conversation"))).toEqual(["ua.conversation", "frame:ua.conversation"]);
  });

  test("what is being written stays with who writes it, through signing in and not beyond", async () => {
    const { conversation } = await begunAs(null);
    conversation.drafts.set("ua.draft", "写到一半");
    conversation.identify(ZHANG);
    await settle();
    expect(conversation.drafts.get("ua.draft")).toBe("写到一半");
    conversation.identify(null);
    await settle();
    expect(conversation.drafts.get("ua.draft")).toBeNull();
    conversation.identify(LI);
    await settle();
    expect(conversation.drafts.get("ua.draft")).toBeNull();
    conversation.identify(ZHANG);
    await settle();
    expect(conversation.drafts.get("ua.draft")).toBeNull();
  });

  test("asks for a fresh token once when the first is not taken", async () => {
    const { view, asked, openings } = await begunAs(token("8001", "old"), { refused: [token("8001", "old")], fresh: ZHANG });
    expect(asked).toEqual([true]);
    expect(openings().map((call) => call.token)).toEqual([`Bearer ${token("8001", "old")}`, `Bearer ${ZHANG}`]);
    expect(view).toMatchObject({ notice: null, person: { name: "张三" } });
  });

  test("belongs to whom the fresh token names", async () => {
    const { view, box } = await begunAs(ZHANG, { refused: [ZHANG], fresh: LI });
    expect(view.person?.name).toBe("李四");
    expect(box.keys()).toEqual([`${whoIs(LI).place}ua.conversation`]);
  });

  test.each([null, ZHANG, LI])("goes on as a visitor's and says so when no token is taken (fresh: %s)", async (fresh) => {
    const { view, asked, openings, box } = await begunAs(ZHANG, { refused: [ZHANG, LI], fresh });
    expect(asked).toEqual([true]);
    expect(openings().at(-1)?.token).toBeNull();
    expect(view).toMatchObject({ phase: "ready", person: { known: false }, notice: "没能确认你的登录身份，这次以访客身份提问。" });
    // The next page does not begin another one.
    const again = await begunAs(ZHANG, { box, refused: [ZHANG, LI], fresh });
    expect(again.view).toMatchObject({ phase: "ready", id: "c1" });
    expect(again.openings().every((call) => call.token !== null)).toBe(true);
  });

  test("a new one on request is the person's again, whatever branch is named", async () => {
    const { conversation, view, openings } = await begunAs(ZHANG);
    await conversation.startNew("别的银行");
    expect(openings().at(-1)).toMatchObject({ token: `Bearer ${ZHANG}`, body: { channel: "widget" } });
    expect(view).toMatchObject({ id: "c2", org: "示例银行" });
  });
});
