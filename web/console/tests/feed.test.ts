import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { ApiError } from "../api/errors";
import type { Frame } from "../api/types";
import { DeskFeed, type FeedState, type Watched } from "../desk/feed";
import { FakeSocket, queue, settle } from "./support";

function start({ poll = () => Promise.resolve() }: { poll?: () => Promise<void> } = {}) {
  const sockets: FakeSocket[] = [];
  const frames: Frame[] = [];
  const states: FeedState[] = [];
  const calls = { polls: 0, lost: 0 };
  const screen: { watched: Watched | null } = { watched: null };
  const feed = new DeskFeed({
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    poll: () => {
      calls.polls += 1;
      return poll();
    },
    watched: () => screen.watched,
    onFrame: (frame) => frames.push(frame),
    onState: (state) => states.push(state),
    onLost: () => {
      calls.lost += 1;
    },
    random: () => 1,
  });
  feed.start();
  const last = () => {
    const socket = sockets.at(-1);
    if (!socket) throw new Error("no stream was opened");
    return socket;
  };
  return { feed, sockets, frames, states, calls, screen, last };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the live feed", () => {
  test("hands on frames and ignores what is none", () => {
    const { last, frames } = start();
    last().open();
    last().receive({ type: "queue", ...queue() });
    last().onmessage?.({ data: "not json" });
    expect(frames).toHaveLength(1);
  });

  test("comes back after an interruption, waiting longer each time nothing is heard", async () => {
    const { sockets, last, states } = start();
    last().open();
    last().receive({ type: "ping" });
    last().break(1006);
    expect(states.at(-1)).toBe("reconnecting");
    vi.advanceTimersByTime(999);
    expect(sockets).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(sockets).toHaveLength(2);
    last().break(1006);
    await settle();
    vi.advanceTimersByTime(1999);
    expect(sockets).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(sockets).toHaveLength(3);
  });

  test("tells the server after a reconnect which conversation is on the screen", () => {
    const { last, screen } = start();
    screen.watched = { conversation_id: "c1", after: 7 };
    last().open();
    last().receive({ type: "ping" });
    last().break(1006);
    vi.advanceTimersByTime(1000);
    screen.watched = { conversation_id: "c1", after: 9 };
    last().open();
    expect(last().sent).toEqual([{ type: "watch", conversation_id: "c1", after: 9 }]);
  });

  test("polls where WebSocket is blocked, and tries the stream again after a minute", async () => {
    const { sockets, last, states, calls } = start();
    last().break(1006);
    await settle();
    vi.advanceTimersByTime(1000);
    last().break(1006);
    await settle();
    expect(calls.polls).toBe(2);
    expect(states.at(-1)).toBe("online");
    for (let seconds = 0; seconds < 55; seconds += 5) {
      vi.advanceTimersByTime(5000);
      await settle();
    }
    expect(calls.polls).toBeGreaterThan(10);
    expect(sockets).toHaveLength(2);
    vi.advanceTimersByTime(10_000);
    await settle();
    expect(sockets.length).toBeGreaterThan(2);
  });

  test("stops at the code of an ended session", () => {
    const { sockets, last, calls } = start();
    last().open();
    last().break(4401);
    vi.advanceTimersByTime(120_000);
    expect(calls.lost).toBe(1);
    expect(sockets).toHaveLength(1);
  });

  test("stops when polling finds the session ended", async () => {
    const { last, calls } = start({ poll: () => Promise.reject(new ApiError(401, "login_required", "请先登录。")) });
    last().break(1006);
    await settle();
    expect(calls.lost).toBe(1);
  });

  test("takes a minute's silence for a dead connection", () => {
    const { sockets, last } = start();
    last().open();
    last().receive({ type: "ping" });
    vi.advanceTimersByTime(61_000);
    vi.advanceTimersByTime(1000);
    expect(sockets).toHaveLength(2);
  });

  test("comes back at once when the network does", () => {
    const { feed, sockets } = start();
    feed.wake({ reconnect: true });
    expect(sockets).toHaveLength(2);
  });

  test("says at most every three seconds that staff write", () => {
    const { feed, last } = start();
    last().open();
    feed.typing("c1");
    feed.typing("c1");
    vi.advanceTimersByTime(3000);
    feed.typing("c1");
    expect(last().sent).toHaveLength(2);
  });
});
