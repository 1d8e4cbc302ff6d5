import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { type ToChat, unwrap, wrap } from "../../embed/protocol";
import { Portal } from "../conversation/portal";

const ORIGIN = "https://portal.example";

function around() {
  const posted: { message: unknown; origin: string }[] = [];
  const parent = { postMessage: (data: unknown, origin: string) => void posted.push({ message: unwrap(data), origin }) };
  const heard: unknown[] = [];
  const portal = new Portal(
    {
      shown: (shown) => void heard.push({ shown }),
      identified: (token) => void heard.push({ token }),
      forgotten: () => void heard.push("forgotten"),
    },
    parent as unknown as Window,
  );
  open_portals.push(portal);
  const say = (message: ToChat, { source = parent as unknown as Window, origin = ORIGIN } = {}) =>
    window.dispatchEvent(new MessageEvent("message", { data: wrap(message), origin, source }));
  return { portal, posted, heard, say };
}

const open_portals: Portal[] = [];

describe("the portal around the chat", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    for (const each of open_portals.splice(0)) each.leave();
    vi.useRealTimers();
  });

  test("is answered at exactly the origin it spoke from", async () => {
    const { portal, posted, heard, say } = around();
    const met = portal.meet();
    say({ type: "hello", shown: true, forget: false });
    await met;
    portal.tell({ type: "close" });
    expect(posted).toEqual([{ message: { type: "ready" }, origin: ORIGIN }, { message: { type: "close" }, origin: ORIGIN }]);
    expect(heard).toEqual([{ shown: true }]);
  });

  test("nobody else is listened to: no other window, no other origin, nothing before the first word", () => {
    const { portal, heard, say } = around();
    void portal.meet();
    say({ type: "identity", token: "forged", asked: null });
    say({ type: "hello", shown: true, forget: false }, { source: window });
    expect(heard).toEqual([]);
    say({ type: "hello", shown: false, forget: false });
    say({ type: "identity", token: "forged", asked: null }, { source: window });
    say({ type: "identity", token: "forged", asked: null }, { origin: "https://evil.example" });
    expect(heard).toEqual([{ shown: false }]);
  });

  test("gives the token to who asked for it, and an unasked one as news", async () => {
    const { portal, posted, heard, say } = around();
    void portal.meet();
    say({ type: "hello", shown: true, forget: false });
    const asked = portal.token({ fresh: true });
    expect(posted.at(-1)?.message).toEqual({ type: "identity_wanted", asked: 1, fresh: true });
    say({ type: "identity", token: "t", asked: 1 });
    await expect(asked).resolves.toBe("t");
    say({ type: "identity", token: "u", asked: null });
    expect(heard.at(-1)).toEqual({ token: "u" });
  });

  test("that does not answer is not waited for, and heard when it does after all", async () => {
    const { portal, heard, say } = around();
    void portal.meet();
    say({ type: "hello", shown: true, forget: false });
    const asked = portal.token({ fresh: false });
    await vi.advanceTimersByTimeAsync(8000);
    await expect(asked).resolves.toBeNull();
    say({ type: "identity", token: "late", asked: 1 });
    expect(heard.at(-1)).toEqual({ token: "late" });
  });

  test("a frame made by hand has none, and nobody is identified", async () => {
    const { portal, posted } = around();
    const met = portal.meet();
    await vi.advanceTimersByTimeAsync(5000);
    await met;
    expect(portal.present).toBe(false);
    await expect(portal.token({ fresh: false })).resolves.toBeNull();
    expect(posted).toEqual([]);
  });

  test("tells that somebody has logged out before it shows the chat", () => {
    const { portal, heard, say } = around();
    void portal.meet();
    say({ type: "hello", shown: true, forget: true });
    say({ type: "forget" });
    expect(heard).toEqual(["forgotten", { shown: true }, "forgotten"]);
  });
});
