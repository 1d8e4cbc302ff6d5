import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { ApiClient } from "../api/client";
import { memoryBox } from "../conversation/box";
import { Conversation } from "../conversation/conversation";
import { isInsideWecom, WecomLogin } from "../conversation/login";
import { begun, FakeServer, FakeSocket, message, problem, settle } from "./support";

const INSIDE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Mobile Safari/537.36 wxwork/4.1.30 MicroMessenger/7.0.1";

function login(fields: Partial<ConstructorParameters<typeof WecomLogin>[0]> = {}) {
  const go = vi.fn();
  const made = new WecomLogin({
    token: null,
    failed: false,
    inside: true,
    box: memoryBox(),
    offered: () => Promise.resolve(true),
    go,
    ...fields,
  });
  return { made, go };
}

/** What came of asking, or "leaving" while the page is being left. */
async function asked(made: WecomLogin, { fresh = false } = {}): Promise<string | null> {
  let found: string | null = "leaving";
  void made.token({ fresh }).then((token) => (found = token));
  await settle();
  return found;
}

describe("the login in WeChat Work", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("is where the browser's own name says so", () => {
    expect(isInsideWecom(INSIDE)).toBe(true);
    expect(isInsideWecom(INSIDE.replace("wxwork/4.1.30 ", ""))).toBe(false);
  });

  test("has happened when the page was opened with a token", async () => {
    const { made, go } = login({ token: "t" });
    expect(await asked(made)).toBe("t");
    expect(go).not.toHaveBeenCalled();
  });

  test("is gone to when nobody is named, and when a token is not taken any more", async () => {
    for (const { token, fresh } of [{ token: null, fresh: false }, { token: "old", fresh: true }]) {
      const { made, go } = login({ token });
      expect(await asked(made, { fresh })).toBe("leaving");
      expect(go).toHaveBeenCalledOnce();
    }
  });

  test.each([
    ["outside WeChat Work", { inside: false }],
    ["where it has just failed", { failed: true }],
    ["where there is none", { offered: () => Promise.resolve(false) }],
  ])("is not gone to %s", async (_where, fields) => {
    const { made, go } = login(fields);
    expect(await asked(made)).toBeNull();
    expect(go).not.toHaveBeenCalled();
  });

  test("does not go round in a circle", async () => {
    const box = memoryBox();
    await asked(login({ box }).made);
    const again = login({ box, token: "never taken" });
    expect(await asked(again.made, { fresh: true })).toBeNull();
    vi.advanceTimersByTime(61_000);
    expect(await asked(login({ box }).made)).toBe("leaving");
  });

  test("that does not come about lets the person ask as a visitor", async () => {
    const { made } = login();
    const token = made.token({ fresh: false });
    await settle();
    vi.advanceTimersByTime(15_000);
    expect(await token).toBeNull();
  });

  test("is offered where the server sends the browser on", async () => {
    const answers = (answer: Partial<Response>) => new ApiClient("/api/v1", () => Promise.resolve(answer as Response));
    expect(await answers({ type: "opaqueredirect" }).loginOffered()).toBe(true);
    expect(await answers({ type: "basic" }).loginOffered()).toBe(false);
    expect(await new ApiClient("/api/v1", () => Promise.reject(new TypeError("offline"))).loginOffered()).toBe(false);
  });
});

function token(sub: string): string {
  return `head.${btoa(JSON.stringify({ sub }))}.signature`;
}

describe("a page opened by who has logged in", () => {
  const WANG = token("wangmin");

  async function opened(answers: ConstructorParameters<typeof FakeServer>[0] = {}, fresh: string | null = null) {
    const server = new FakeServer({
      "POST /conversations": () => begun(1, { messages: [message(1)], person: { known: true, name: "王敏" } }),
      ...answers,
    });
    const source = { token: ({ fresh: again }: { fresh: boolean }) => Promise.resolve(again ? fresh : WANG) };
    const conversation = new Conversation({
      api: server.client,
      box: memoryBox(),
      login: source,
      openSocket: () => new FakeSocket(0) as unknown as WebSocket,
    });
    conversation.identify(await source.token({ fresh: false }));
    conversation.start();
    await settle();
    conversation.stop();
    return { conversation, server, view: conversation.view };
  }

  test("begins a conversation of the page, in that person's name", async () => {
    const { server, view } = await opened();
    expect(server.calls[0]).toMatchObject({ token: `Bearer ${WANG}`, body: { channel: "web" } });
    expect(view).toMatchObject({ named: true, person: { name: "王敏" } });
  });

  test("reads what was said before with the person's token, beside the conversation that goes on", async () => {
    const page = { messages: [], more: false };
    const { conversation, server } = await opened({ "GET /history": () => page });
    conversation.start();
    await settle();
    await conversation.earlier("m7");
    conversation.stop();
    expect(server.calls.at(-1)).toMatchObject({ path: "/history?beside=c1&before=m7", token: `Bearer ${WANG}` });
  });

  test("asks for a fresh token once when the old one has expired, of the same person only", async () => {
    const later = `${token("wangmin")}x`;
    const expires = ({ token: given }: { token: string | null }) =>
      given === `Bearer ${later}` ? { messages: [], more: false } : problem(401, "identity_expired", "过期");
    const { conversation } = await opened({ "GET /history": expires }, later);
    expect(await conversation.earlier(null)).toEqual({ messages: [], more: false });
    const other = await opened({ "GET /history": expires }, token("liqiang"));
    expect(await other.conversation.earlier(null)).toBeNull();
    const nobody = await opened({ "GET /history": expires }, null);
    expect(await nobody.conversation.earlier(null)).toBeNull();
  });
});
