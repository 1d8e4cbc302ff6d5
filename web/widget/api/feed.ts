/**
 * The live feed of one conversation: a WebSocket that comes back by itself, and polling where it is blocked.
 *
 * `after` is the last seq received *here*, in order; messages learnt elsewhere (the answer to a send) do not
 * move it, so that a reconnect can never skip one.
 */
import type { Frame, News, Told } from "../contract";
import { backoff } from "./backoff";
import { ApiError } from "./errors";

export type FeedState = "connecting" | "online" | "reconnecting";

export interface FeedDeps {
  open: (after: number) => WebSocket;
  poll: (after: number) => Promise<News>;
  onFrame: (frame: Frame) => void;
  onState: (state: FeedState) => void;
  /** The server no longer knows the token or the conversation; the feed has stopped. */
  onLost: () => void;
  random?: () => number;
}

/** Close codes of the contract: token invalid, conversation unknown. (4408, too slow, is simply reconnected.) */
const LOST_CODES = [4401, 4404];
/** The server pings every 25 s: silence for longer than two pings means a dead connection. */
const SILENCE_MS = 60_000;
/** After the page was hidden, one missed ping is reason enough. */
const STALE_MS = 30_000;
const OPENING_MS = 10_000;
/** So many connections that brought nothing, while polling works, mean that WebSocket is blocked on the way. */
const BLOCKED_AFTER = 2;
const POLL_MS = 4000;
/** Blocked today is not blocked for ever (a phone leaves the office network). */
const REOPEN_MS = 60_000;

export class Feed {
  #after = 0;
  #socket: WebSocket | null = null;
  #attempt = 0;
  #mute = 0;
  #heardAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #running = false;
  #reopenAt = 0;

  constructor(private readonly deps: FeedDeps) {}

  /** Start after seq `after`; with `catchUp` fetch what is there before opening the stream. */
  start(after: number, { catchUp }: { catchUp: boolean }): void {
    this.#after = after;
    this.#running = true;
    this.deps.onState("connecting");
    if (catchUp) void this.#poll();
    else this.#connect();
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
    this.#drop();
  }

  /** Say something small that may be lost; false when there is no stream to say it by. */
  tell(told: Told): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(told));
    return true;
  }

  /** The page is looked at again, or (`reconnect`) the network has changed: do not wait for a timer. */
  wake({ reconnect }: { reconnect: boolean }): void {
    if (!this.#running) return;
    if (this.#socket && !reconnect && Date.now() - this.#heardAt < STALE_MS) return;
    this.#attempt = 0;
    this.#drop();
    this.#connect();
  }

  #connect(): void {
    clearTimeout(this.#timer);
    const socket = this.deps.open(this.#after);
    this.#socket = socket;
    this.#heardAt = Date.now();
    let heard = false;
    this.#watch(OPENING_MS);
    socket.onopen = () => {
      this.#heard();
      this.deps.onState("online");
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      heard = true;
      this.#attempt = this.#mute = 0;
      this.#heard();
      const frame = parse(event.data);
      if (frame) this.#take(frame);
    };
    socket.onclose = ({ code }) => {
      if (this.#socket !== socket) return;
      this.#drop();
      if (LOST_CODES.includes(code)) this.#lose();
      else if (heard) this.#again(backoff(this.#attempt++, this.deps.random));
      else {
        this.#mute += 1;
        this.#reopenAt = Date.now() + REOPEN_MS;
        void this.#poll();
      }
    };
  }

  /** Fetch what is new; decides whether the stream is blocked or the whole server away. */
  async #poll(): Promise<void> {
    try {
      const { messages, ...standing } = await this.deps.poll(this.#after);
      if (!this.#running || this.#socket) return;
      for (const message of messages) this.#take({ type: "message", message });
      this.#take({ type: "state", ...standing });
    } catch (error) {
      if (!this.#running || this.#socket) return;
      if (error instanceof ApiError && error.lost) this.#lose();
      else this.#again(backoff(this.#attempt++, this.deps.random));
      return;
    }
    if (this.#mute === 0) this.#connect();
    else if (this.#mute < BLOCKED_AFTER) this.#again(backoff(this.#attempt++, this.deps.random));
    else {
      this.#attempt = 0;
      this.deps.onState("online");
      if (Date.now() >= this.#reopenAt) this.#connect();
      else this.#timer = setTimeout(() => void this.#poll(), POLL_MS);
    }
  }

  #again(delay: number): void {
    this.deps.onState("reconnecting");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), delay);
  }

  #lose(): void {
    this.stop();
    this.deps.onLost();
  }

  #take(frame: Frame): void {
    if (frame.type === "message") this.#after = Math.max(this.#after, frame.message.seq);
    this.deps.onFrame(frame);
  }

  #heard(): void {
    this.#heardAt = Date.now();
    this.#watch(SILENCE_MS);
  }

  #watch(limit: number): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => {
      // A dead peer may keep `close` waiting for minutes, so its end is declared here.
      this.#socket?.onclose?.(new CloseEvent("close", { code: 1006 }));
    }, limit);
  }

  /** Forget the socket; its later events are nobody's business. */
  #drop(): void {
    clearTimeout(this.#watchdog);
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }
}

function parse(data: unknown): Frame | null {
  try {
    const frame: unknown = JSON.parse(String(data));
    return typeof frame === "object" && frame !== null && "type" in frame ? (frame as Frame) : null;
  } catch {
    return null;
  }
}
