import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { ApiError, Unreachable } from "../api/errors";
import { Feed, type FeedState } from "../api/feed";
import type { Frame, Message } from "../contract";
import { FakeSocket, message, news, settle, WITH_BOT } from "./support";

/** A feed with its sockets, frames and states on view; `poll` is what the server answers to polling. */
function watched(poll: (after: number) => Message[] = () => []) {
  const sockets: FakeSocket[] = [];
  const frames: Frame[] = [];
  const states: FeedState[] = [];
  const polls: number[] = [];
  const seen = { sockets, frames, states, polls, lost: 0, poll };
  const feed = new Feed({
    open: (after) => {
      const socket = new FakeSocket(after);
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    poll: async (after) => {
      polls.push(after);
      await Promise.resolve();
      return news(seen.poll(after));
    },
    onFrame: (frame) => void frames.push(frame),
    onState: (state) => void states.push(state),
    onLost: () => void (seen.lost += 1),
    random: () => 1,
  });
  /** Opens the newest socket; the server says the state at once. */
  const open = () => {
    last().onopen?.();
    last().receive({ type: "state", ...WITH_BOT });
  };
  const last = () => {
    const socket = sockets.at(-1);
    if (!socket) throw new Error("no socket was opened");
    return socket;
  };
  return { feed, seen, last, open };
}

function unreachable(): never {
  throw new Unreachable();
}

describe("the live feed", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("fetches what is there before it opens the stream after it", async () => {
    const { feed, seen, last, open } = watched(() => [message(1), message(2)]);
    feed.start(0, { catchUp: true });
    await settle();
    expect(seen.frames).toHaveLength(3); // the messages, and how the conversation stands
    expect(last().after).toBe(2);
    open();
    expect(seen.states).toEqual(["connecting", "online"]);
  });

  test("reconnects after the last message it received, and waits longer each time", async () => {
    const { feed, seen, last, open } = watched();
    feed.start(3, { catchUp: false });
    open();
    last().receive({ type: "message", message: message(4) });
    last().break(1006);
    expect(seen.states.at(-1)).toBe("reconnecting");
    await vi.advanceTimersByTimeAsync(999);
    expect(seen.sockets).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(last().after).toBe(4);
    last().onopen?.();
    last().break(1006);
    await vi.advanceTimersByTimeAsync(1999);
    expect(seen.sockets).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(seen.sockets).toHaveLength(3);
  });

  test("a frame from the server makes the next wait short again", async () => {
    const { feed, seen, last, open } = watched();
    feed.start(0, { catchUp: false });
    for (let time = 0; time < 3; time += 1) {
      open();
      last().break(1006);
      await vi.advanceTimersByTimeAsync(30_000);
    }
    open();
    last().receive({ type: "ping" });
    last().break(1006);
    const before = seen.sockets.length;
    await vi.advanceTimersByTimeAsync(1000);
    expect(seen.sockets).toHaveLength(before + 1);
  });

  test.each([4401, 4404])("close code %i ends the feed for good", async (code) => {
    const { feed, seen, last, open } = watched();
    feed.start(0, { catchUp: false });
    open();
    last().break(code);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(seen.lost).toBe(1);
    expect(seen.sockets).toHaveLength(1);
  });

  test("close code 4408, too slow, is only a reason to come back", async () => {
    const { feed, seen, last, open } = watched();
    feed.start(0, { catchUp: false });
    open();
    last().break(4408);
    await vi.advanceTimersByTimeAsync(1000);
    expect(seen.lost).toBe(0);
    expect(seen.sockets).toHaveLength(2);
  });

  test("sixty silent seconds count as a dead connection, pings keep it alive", async () => {
    const { feed, seen, last, open } = watched();
    feed.start(0, { catchUp: false });
    open();
    for (let ping = 0; ping < 4; ping += 1) {
      await vi.advanceTimersByTimeAsync(25_000);
      last().receive({ type: "ping" });
    }
    expect(seen.sockets).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(61_000);
    expect(seen.sockets[0]?.closed).toBe(true);
    expect(seen.sockets).toHaveLength(2);
  });

  test("polls where WebSocket is blocked, and tries the stream again now and then", async () => {
    const { feed, seen, last } = watched();
    feed.start(0, { catchUp: false });
    last().break(1006);
    await settle();
    await vi.advanceTimersByTimeAsync(1000);
    last().break(1006);
    await settle();
    expect(seen.states.at(-1)).toBe("online");
    seen.poll = (after) => (after < 5 ? [message(5)] : []);
    seen.frames.length = 0;
    await vi.advanceTimersByTimeAsync(4000);
    expect(seen.frames).toEqual([{ type: "message", message: message(5) }, { type: "state", ...WITH_BOT }]);
    await vi.advanceTimersByTimeAsync(4000);
    expect(seen.polls.at(-1)).toBe(5);
    expect(seen.sockets).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(seen.sockets).toHaveLength(3);
    expect(last().after).toBe(5);
  });

  test("says small things by an open stream, and that it could not without one", () => {
    const { feed, last } = watched();
    feed.start(0, { catchUp: false });
    expect(feed.tell({ type: "typing" })).toBe(false);
    last().open();
    expect(feed.tell({ type: "read", seq: 4 })).toBe(true);
    expect(last().sent).toEqual([{ type: "read", seq: 4 }]);
  });

  test("without any network it neither polls wildly nor gives up", async () => {
    const { feed, seen, last, open } = watched(unreachable);
    feed.start(0, { catchUp: true });
    await settle();
    expect(seen.states.at(-1)).toBe("reconnecting");
    for (let second = 0; second < 300; second += 1) {
      await vi.advanceTimersByTimeAsync(1000);
      last().break(1006);
      await settle();
    }
    // 1, 2, 4, 8 and 16 seconds, then every thirty.
    expect(seen.sockets.length).toBeGreaterThan(8);
    expect(seen.sockets.length).toBeLessThan(16);
    expect(seen.states.at(-1)).toBe("reconnecting");
    seen.poll = () => [message(1)];
    await vi.advanceTimersByTimeAsync(30_000);
    open();
    expect(seen.states.at(-1)).toBe("online");
  });

  test("a token that polling finds invalid ends the feed", async () => {
    const { feed, seen } = watched(() => {
      throw new ApiError(401, "token_invalid", "凭证失效");
    });
    feed.start(0, { catchUp: true });
    await settle();
    expect(seen.lost).toBe(1);
    expect(seen.sockets).toHaveLength(0);
  });

  test("waking up reconnects a connection that may have died in sleep, not a lively one", async () => {
    const { feed, seen, open } = watched();
    feed.start(0, { catchUp: false });
    open();
    feed.wake({ reconnect: false });
    expect(seen.sockets).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(31_000);
    feed.wake({ reconnect: false });
    expect(seen.sockets).toHaveLength(2);
    open();
    feed.wake({ reconnect: true });
    expect(seen.sockets).toHaveLength(3);
  });

  test("a stopped feed stays silent", async () => {
    const { feed, seen, last } = watched();
    feed.start(0, { catchUp: false });
    const socket = last();
    feed.stop();
    socket.receive({ type: "message", message: message(1) });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(seen.frames).toHaveLength(0);
    expect(seen.sockets).toHaveLength(1);
  });
});
