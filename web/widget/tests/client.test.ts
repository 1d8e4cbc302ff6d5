import { describe, expect, test } from "vitest";

import { ApiClient } from "../api/client";
import { ApiError, sentence, Unreachable } from "../api/errors";
import { FakeServer, problem } from "./support";

const ticket = { id: "c", token: "secret" };

describe("the API client", () => {
  test("sends the conversation's token and never puts it into an address", async () => {
    const server = new FakeServer({ "GET /conversations/c/messages": () => ({ messages: [] }) });
    await server.client.messages(ticket, 7);
    expect(server.calls[0]).toMatchObject({ path: "/conversations/c/messages?after=7", token: "Bearer secret" });
    const stream = server.client.stream(ticket, 7);
    expect(stream.address).toMatch(/^wss?:\/\/.*\/conversations\/c\/stream\?after=7$/);
    expect(stream.address).not.toContain("secret");
    expect(stream.protocols).toEqual(["union-assistant", "token.secret"]);
  });

  test("a refusal carries the server's own sentence, its code and the wait it asks for", async () => {
    const server = new FakeServer({
      "POST /conversations/c/messages": () => problem(429, "too_many_messages", "发得太快了，请等一等。", { "Retry-After": "3" }),
    });
    const failure = await server.client.send(ticket, { client_id: "1", text: "a" }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApiError);
    expect(failure).toMatchObject({ status: 429, code: "too_many_messages", retryAfterMs: 3000, temporary: true, lost: false });
    expect(sentence(failure)).toBe("发得太快了，请等一等。");
  });

  test("a proxy's error page is not shown to people", async () => {
    const server = new FakeServer({ "GET /organisations": () => new Response("<h1>Bad Gateway</h1>", { status: 502 }) });
    const failure = await server.client.organisations().catch((error: unknown) => error);
    expect(sentence(failure)).toBe("系统繁忙，请稍后再试");
  });

  test("no network is told apart from a refusal", async () => {
    const client = new ApiClient("/api/v1", () => Promise.reject(new TypeError("Failed to fetch")));
    await expect(client.organisations()).rejects.toBeInstanceOf(Unreachable);
  });

  test("the name of a source is escaped in its address", async () => {
    const server = new FakeServer({});
    await server.client.source("law:职工带薪年休假条例:第三条", "2020-01-01").catch(() => null);
    expect(server.calls[0]?.path).toBe(`/sources/${encodeURIComponent("law:职工带薪年休假条例:第三条")}?as_of=2020-01-01`);
  });
});
