import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { Identity } from "../identity";
import { optionsOf } from "../options";
import { type ToChat, type ToPage, unwrap, wrap } from "../protocol";
import { Widget } from "../widget";

const CHAT = "https://union.example";

function script(attributes: Record<string, string> = {}): HTMLScriptElement {
  const made = document.createElement("script");
  Object.defineProperty(made, "src", { value: `${CHAT}/widget.js` });
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

describe("the script tag", () => {
  test("says where the chat is and how the launcher looks", () => {
    expect(optionsOf(script())).toEqual({ origin: CHAT, position: "right", label: "工会助手", open: false });
    const said = optionsOf(script({ "data-position": "left", "data-label": " 问工会 ", "data-open": "" }));
    expect(said).toEqual({ origin: CHAT, position: "left", label: "问工会", open: true });
    expect(optionsOf(script({ "data-open": "false", "data-position": "middle", "data-label": " " }))).toEqual({
      origin: CHAT, position: "right", label: "工会助手", open: false,
    });
  });
});

describe("who is logged in", () => {
  test("is a token, what a function fetches, or nobody when the portal cannot say", async () => {
    const identity = new Identity();
    expect(await identity.token()).toBeNull();
    identity.set("t");
    expect(await identity.token()).toBe("t");
    let calls = 0;
    identity.set(() => Promise.resolve(`fresh ${(calls += 1)}`));
    expect([await identity.token(), await identity.token()]).toEqual(["fresh 1", "fresh 2"]);
    identity.set(() => Promise.reject(new Error("the portal is down")));
    expect(await identity.token()).toBeNull();
    identity.set("");
    expect(await identity.token()).toBeNull();
  });
});

/** The widget on a page, with what it posts to the frame, and a way to speak as the frame. */
function attached(attributes: Record<string, string> = {}, narrow = false) {
  vi.spyOn(window, "matchMedia").mockReturnValue({ matches: narrow, addEventListener: vi.fn() } as unknown as MediaQueryList);
  const widget = new Widget(optionsOf(script(attributes)));
  widget.attach();
  const root = document.querySelector("union-assistant")?.shadowRoot;
  const find = (selector: string): HTMLElement => {
    const found = root?.querySelector<HTMLElement>(selector);
    if (!found) throw new Error(`no ${selector}`);
    return found;
  };
  const frame = find("img") as HTMLIFrameElement;
  const posted: { message: ToChat; origin: string }[] = [];
  const inside = { postMessage: (data: unknown, origin: string) => posted.push({ message: unwrap(data) as ToChat, origin }) };
  Object.defineProperty(frame, "contentWindow", { get: () => inside });
  const say = (message: ToPage, { source = inside as unknown as Window, origin = CHAT } = {}) =>
    window.dispatchEvent(new MessageEvent("message", { data: wrap(message), origin, source }));
  const greet = () => {
    frame.dispatchEvent(new Event("load"));
    say({ type: "ready" });
  };
  return { widget, posted, say, greet, frame, panel: find("dialog") as HTMLDialogElement, launcher: find(".launcher"), find };
}

describe("the widget", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    // happy-dom loads no frames and complains of each; an image has an address and a load event as well.
    const other = document.implementation.createHTMLDocument();
    vi.spyOn(document, "createElement").mockImplementation((name: string) => document.adoptNode(other.createElement(name === "iframe" ? "img" : name)));
  });
  afterEach(() => {
    document.body.innerHTML = "";
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  test("opens the chat page in a frame, with nothing about the person in the address", () => {
    const { widget, launcher, panel, frame, posted, greet } = attached();
    widget.identify("secret");
    launcher.click();
    expect(panel.open).toBe(true);
    expect(launcher.getAttribute("aria-expanded")).toBe("true");
    expect(frame.src).toBe(`${CHAT}/?embed=1`);
    greet();
    expect(posted.at(-1)).toEqual({ message: { type: "hello", shown: true, forget: false }, origin: CHAT });
    expect(posted.every(({ origin }) => origin === CHAT)).toBe(true);
  });

  test("gives the token only when asked by its own frame, and a new one when that changes", async () => {
    const { widget, posted, say, greet, launcher } = attached();
    launcher.click();
    widget.identify("before the frame is there");
    expect(posted.some(({ message }) => message.type === "identity")).toBe(false);
    greet();
    say({ type: "identity_wanted", asked: 1, fresh: false }, { source: window });
    say({ type: "identity_wanted", asked: 2, fresh: false }, { origin: "https://evil.example" });
    say({ type: "identity_wanted", asked: 3, fresh: false });
    await vi.advanceTimersByTimeAsync(0);
    widget.identify(() => Promise.resolve("later"));
    await vi.advanceTimersByTimeAsync(0);
    expect(posted.map(({ message }) => message).filter(({ type }) => type === "identity")).toEqual([
      { type: "identity", token: "before the frame is there", asked: 3 },
      { type: "identity", token: "later", asked: null },
    ]);
  });

  test("loads closed when the page has time, so that an answer can be announced", async () => {
    const { launcher, say, greet, find, posted, frame } = attached();
    expect(frame.getAttribute("src")).toBeNull();
    await vi.advanceTimersByTimeAsync(5000);
    greet();
    expect(posted.at(-1)?.message).toEqual({ type: "hello", shown: false, forget: false });
    say({ type: "unread", count: 2 });
    expect(find(".badge").textContent).toBe("2");
    expect(launcher.getAttribute("aria-label")).toBe("打开工会助手，2 条新消息");
    say({ type: "unread", count: 0 });
    expect(find(".badge").hidden).toBe(true);
  });

  test("closes by Esc, by the frame's wish and by its own button, and says so to the frame", async () => {
    const { widget, launcher, panel, say, greet, posted } = attached();
    launcher.click();
    greet();
    launcher.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    await vi.advanceTimersByTimeAsync(0);
    expect(panel.open).toBe(false);
    expect(posted.at(-1)?.message).toEqual({ type: "shown", shown: false });
    widget.open();
    expect(posted.at(-1)?.message).toEqual({ type: "shown", shown: true });
    say({ type: "close" });
    expect(panel.open).toBe(false);
    widget.toggle();
    expect(panel.open).toBe(true);
  });

  test("forgetting before the frame is there is told with the first word", () => {
    const { widget, launcher, greet, posted } = attached();
    widget.forget();
    launcher.click();
    greet();
    expect(posted.find(({ message }) => message.type === "hello")?.message).toEqual({ type: "hello", shown: true, forget: true });
    widget.forget();
    expect(posted.at(-1)?.message).toEqual({ type: "forget" });
  });

  test("that cannot be loaded says so, can be tried again, and can be closed", async () => {
    const { launcher, find, panel } = attached();
    launcher.click();
    expect(find(".note p").textContent).toBe("正在打开…");
    await vi.advanceTimersByTimeAsync(15_000);
    expect(find(".note p").textContent).toContain("现在打不开");
    find(".retry").click();
    expect(find(".note p").textContent).toBe("正在打开…");
    [...panel.querySelectorAll("button")].at(-1)?.click();
    expect(panel.open).toBe(false);
  });

  test("opens by itself where there is room and the tag says so", () => {
    expect(attached({ "data-open": "" }).panel.open).toBe(true);
    document.body.innerHTML = "";
    expect(attached({ "data-open": "" }, true).panel.open).toBe(false);
  });
});
