/**
 * What staff have written and the server has not confirmed yet. Per conversation one at a time and in order, each
 * under its own `client_id`, which makes a repetition harmless. Kept for this tab, so a reload goes on where it was;
 * kept under the writer's name, so that nobody sends a colleague's words as their own.
 */
import { shallowReactive } from "vue";

import { backoff } from "../../widget/api/backoff";
import { uuid } from "../../widget/api/uuid";
import { type Box, readJson } from "../../widget/conversation/box";
import { ApiError, sentence } from "../api/errors";
import type { Message } from "../api/types";

/** sending: on its way or next. stalled: tried in vain, will be tried again. refused: the server said no. */
export type ReplyStatus = "sending" | "stalled" | "refused";

export interface Reply {
  clientId: string;
  staff: string;
  conversation: string;
  text: string;
  /** Milliseconds since 1970; the order of the queue. */
  addedAt: number;
  status: ReplyStatus;
  detail: string | null;
}

export interface RepliesDeps {
  box: Box;
  send: (conversation: string, clientId: string, text: string) => Promise<Message>;
  onSent: (conversation: string, message: Message) => void;
  now?: () => number;
}

const PREFIX = "desk.reply.";
/** Attempts in vain before the reply itself says so; one hiccup is not worth a word. */
const QUIET_ATTEMPTS = 2;

export class Replies {
  readonly items = shallowReactive<Reply[]>([]);
  #staff: string | null = null;
  readonly #busy = new Map<string, () => void>();

  constructor(private readonly deps: RepliesDeps) {}

  /** Somebody has logged in: go on with what this person left unsent. */
  resume(staff: string): void {
    this.#staff = staff;
    const kept = this.deps.box.keys().filter((key) => key.startsWith(PREFIX));
    const replies = kept.map((key) => readJson(this.deps.box, key) as Reply | null).filter((reply) => reply?.staff === staff);
    const sorted = replies.filter((reply) => reply !== null).sort((a, b) => a.addedAt - b.addedAt);
    this.items.splice(0, this.items.length, ...sorted);
    for (const conversation of new Set(sorted.map((reply) => reply.conversation))) void this.#flush(conversation);
  }

  /** The session is over: send nothing more, but keep it for the same person. */
  pause(): void {
    this.#staff = null;
    this.wake();
  }

  /** Logged out on purpose: nothing stays in this browser. */
  forget(): void {
    this.pause();
    for (const key of this.deps.box.keys()) if (key.startsWith(PREFIX)) this.deps.box.remove(key);
    this.items.splice(0, this.items.length);
  }

  of(conversation: string): Reply[] {
    return this.items.filter((reply) => reply.conversation === conversation);
  }

  add(conversation: string, text: string): void {
    if (this.#staff === null) return;
    const latest = this.items.at(-1)?.addedAt ?? 0;
    const addedAt = Math.max((this.deps.now ?? Date.now)(), latest + 1);
    const reply: Reply = { clientId: uuid(), staff: this.#staff, conversation, text, addedAt, status: "sending", detail: null };
    this.#keep(reply);
    this.items.push(reply);
    void this.#flush(conversation);
  }

  discard(clientId: string): void {
    this.deps.box.remove(PREFIX + clientId);
    const index = this.items.findIndex((reply) => reply.clientId === clientId);
    if (index >= 0) this.items.splice(index, 1);
  }

  /** Try now instead of waiting for the timer. */
  wake(): void {
    for (const stopWaiting of this.#busy.values()) stopWaiting();
  }

  async #flush(conversation: string): Promise<void> {
    if (this.#busy.has(conversation)) return;
    this.#busy.set(conversation, nothing);
    let attempts = 0;
    for (let reply = this.#next(conversation); reply; reply = this.#next(conversation)) {
      const delay = await this.#attempt(reply, attempts);
      attempts = delay === null ? 0 : attempts + 1;
      if (delay !== null) await this.#pause(conversation, delay);
    }
    this.#busy.delete(conversation);
  }

  #next(conversation: string): Reply | undefined {
    if (this.#staff === null) return undefined;
    return this.items.find((reply) => reply.conversation === conversation && reply.status !== "refused");
  }

  /** Try once; returns null when this reply is settled, else milliseconds to wait. */
  async #attempt(reply: Reply, attempts: number): Promise<number | null> {
    try {
      const message = await this.deps.send(reply.conversation, reply.clientId, reply.text);
      this.discard(reply.clientId);
      this.deps.onSent(reply.conversation, message);
      return null;
    } catch (error) {
      if (error instanceof ApiError && error.loggedOut) {
        this.pause();
        return null;
      }
      if (error instanceof ApiError && !error.temporary) {
        this.#update(reply, { status: "refused", detail: sentence(error) });
        return null;
      }
      this.#update(reply, { status: attempts + 1 < QUIET_ATTEMPTS ? "sending" : "stalled", detail: sentence(error) });
      return (error instanceof ApiError ? error.retryAfterMs : null) ?? backoff(attempts);
    }
  }

  async #pause(conversation: string, delay: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delay);
      this.#busy.set(conversation, () => {
        clearTimeout(timer);
        resolve();
      });
    });
    this.#busy.set(conversation, nothing);
  }

  #update(reply: Reply, change: Partial<Reply>): void {
    const changed = { ...reply, ...change };
    this.#keep(changed);
    const index = this.items.findIndex((each) => each.clientId === reply.clientId);
    if (index >= 0) this.items.splice(index, 1, changed);
  }

  #keep(reply: Reply): void {
    this.deps.box.set(PREFIX + reply.clientId, JSON.stringify(reply));
  }
}

function nothing(): void {
  // Nothing waits at the moment.
}
