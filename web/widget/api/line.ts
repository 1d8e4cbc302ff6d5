/** The line under a live feed: a WebSocket that comes back by itself, and polling where it is blocked. */
import { backoff } from "./backoff";

export type LineState = "connecting" | "online" | "reconnecting";

export interface LineDeps<Frame> {
  open: () => WebSocket;
  /** Fetch what the stream would have told, as its frames unless whoever fetches it sees to it. */
  poll: () => Promise<Frame[]>;
  /** Milliseconds from one poll to the next where the stream is blocked. */
  pollEvery: number;
  /** Close codes by which the server ends the line for good. */
  lostCodes: readonly number[];
  /** Whether a failed poll ends the line for good. */
  isLost: (error: unknown) => boolean;
  /** The stream is open, for the first time or again. */
  onOpen?: () => void;
  onFrame: (frame: Frame) => void;
  onState: (state: LineState) => void;
  /** The server has ended the line; it has stopped. */
  onLost: () => void;
  random?: () => number;
}

/** The server pings every 25 s: silence for longer than two pings means a dead connection. */
const SILENCE_MS = 60_000;
/** After the page was hidden, one missed ping is reason enough. */
const STALE_MS = 30_000;
const OPENING_MS = 10_000;
/** So many connections that brought nothing, while polling works, mean that WebSocket is blocked on the way. */
const BLOCKED_AFTER = 2;
/** Blocked today is not blocked for ever (a phone leaves the office network). */
const REOPEN_MS = 60_000;

export class Line<Frame extends { type: string }> {
  #socket: WebSocket | null = null;
  /** Retries since something was heard. */
  #attempt = 0;
  /** Connections in a row that brought nothing. */
  #mute = 0;
  #heardAt = 0;
  #reopenAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #running = false;

  constructor(private readonly deps: LineDeps<Frame>) {}

  /** Open the stream; with `catchUp` fetch what is there before. */
  start({ catchUp }: { catchUp: boolean }): void {
    if (this.#running) return;
    this.#running = true;
    this.#attempt = this.#mute = 0;
    this.deps.onState("connecting");
    if (catchUp) void this.#poll();
    else this.#connect();
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
    this.#drop();
  }

  /** Say something that may be lost; false when there is no stream to say it by. */
  tell(told: unknown): boolean {
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
    const socket = this.deps.open();
    this.#socket = socket;
    this.#heardAt = Date.now();
    let heard = false;
    this.#watch(OPENING_MS);
    socket.onopen = () => {
      this.#heard();
      this.deps.onState("online");
      this.deps.onOpen?.();
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      heard = true;
      this.#attempt = this.#mute = 0;
      this.#heard();
      const frame = parse(event.data);
      if (frame) this.deps.onFrame(frame as Frame);
    };
    socket.onclose = ({ code }) => {
      if (this.#socket !== socket) return;
      this.#drop();
      if (this.deps.lostCodes.includes(code)) this.#lose();
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
      const frames = await this.deps.poll();
      if (!this.#running || this.#socket) return;
      for (const frame of frames) this.deps.onFrame(frame);
    } catch (error) {
      if (!this.#running || this.#socket) return;
      if (this.deps.isLost(error)) this.#lose();
      else this.#again();
      return;
    }
    if (this.#mute === 0) this.#connect();
    else if (this.#mute < BLOCKED_AFTER) this.#again();
    else {
      this.#attempt = 0;
      this.deps.onState("online");
      if (Date.now() >= this.#reopenAt) this.#connect();
      else this.#timer = setTimeout(() => void this.#poll(), this.deps.pollEvery);
    }
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
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }
}

function parse(data: unknown): { type: unknown } | null {
  try {
    const frame: unknown = JSON.parse(String(data));
    return typeof frame === "object" && frame !== null && "type" in frame ? frame : null;
  } catch {
    return null;
  }
}
