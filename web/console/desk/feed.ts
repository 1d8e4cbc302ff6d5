/** The live feed of the desk: a WebSocket that comes back by itself, and polling where it is blocked. */
import { backoff } from "../../widget/api/backoff";
import { ApiError } from "../api/errors";
import type { Frame } from "../api/types";

export type FeedState = "connecting" | "online" | "reconnecting";

export interface Watched {
  conversation_id: string;
  /** The last seq that is known here. */
  after: number;
}

export interface FeedDeps {
  open: () => WebSocket;
  /** Fetch everything the stream would have told. */
  poll: () => Promise<void>;
  /** The conversation on the screen, which the server is told about anew after every reconnect. */
  watched: () => Watched | null;
  onFrame: (frame: Frame) => void;
  onState: (state: FeedState) => void;
  /** The session has ended; the feed has stopped. */
  onLost: () => void;
  random?: () => number;
}

const LOST_CODE = 4401;
/** The server pings every 25 s: silence for longer than two pings means a dead connection. */
const SILENCE_MS = 60_000;
/** After the page was hidden, one missed ping is reason enough. */
const STALE_MS = 30_000;
const OPENING_MS = 10_000;
/** So many connections that brought nothing, while polling works, mean that WebSocket is blocked on the way. */
const BLOCKED_AFTER = 2;
const POLL_MS = 5000;
/** Blocked today is not blocked for ever. */
const REOPEN_MS = 60_000;
const TYPING_MS = 3000;

export class DeskFeed {
  #socket: WebSocket | null = null;
  #open = false;
  #attempt = 0;
  #mute = 0;
  #heardAt = 0;
  #reopenAt = 0;
  #typedAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #running = false;

  constructor(private readonly deps: FeedDeps) {}

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#attempt = this.#mute = 0;
    this.deps.onState("connecting");
    this.#connect();
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
    this.#drop();
  }

  /** The page is looked at again, or (`reconnect`) the network has changed: do not wait for a timer. */
  wake({ reconnect }: { reconnect: boolean }): void {
    if (!this.#running) return;
    if (this.#socket && !reconnect && Date.now() - this.#heardAt < STALE_MS) return;
    this.#attempt = 0;
    this.#drop();
    this.#connect();
  }

  /** Tell the server which conversation is on the screen now. */
  watch(): void {
    const { conversation_id = null, after = 0 } = this.deps.watched() ?? {};
    this.#send({ type: "watch", conversation_id, after });
  }

  /** Staff write; said at most every three seconds. */
  typing(conversation: string): void {
    if (Date.now() - this.#typedAt < TYPING_MS) return;
    this.#typedAt = Date.now();
    this.#send({ type: "typing", conversation_id: conversation });
  }

  #send(frame: unknown): void {
    if (this.#open) this.#socket?.send(JSON.stringify(frame));
  }

  #connect(): void {
    clearTimeout(this.#timer);
    const socket = this.deps.open();
    this.#socket = socket;
    this.#heardAt = Date.now();
    let heard = false;
    this.#watch(OPENING_MS);
    socket.onopen = () => {
      this.#open = true;
      this.#heard();
      this.deps.onState("online");
      if (this.deps.watched()) this.watch();
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      heard = true;
      this.#attempt = this.#mute = 0;
      this.#heard();
      const frame = parse(event.data);
      if (frame) this.deps.onFrame(frame);
    };
    socket.onclose = ({ code }) => {
      if (this.#socket !== socket) return;
      this.#drop();
      if (code === LOST_CODE) this.#lose();
      else if (heard) this.#again();
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
      await this.deps.poll();
    } catch (error) {
      if (!this.#running || this.#socket) return;
      if (error instanceof ApiError && error.loggedOut) this.#lose();
      else this.#again();
      return;
    }
    if (!this.#running || this.#socket) return;
    if (this.#mute < BLOCKED_AFTER) {
      this.#again();
      return;
    }
    this.#attempt = 0;
    this.deps.onState("online");
    if (Date.now() >= this.#reopenAt) this.#connect();
    else this.#timer = setTimeout(() => void this.#poll(), POLL_MS);
  }

  #again(): void {
    this.deps.onState("reconnecting");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), backoff(this.#attempt++, this.deps.random));
  }

  #lose(): void {
    this.stop();
    this.deps.onLost();
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
    this.#open = false;
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
