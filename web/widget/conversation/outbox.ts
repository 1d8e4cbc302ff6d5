/**
 * What the employee has sent and the server has not confirmed yet: one at a time, in order, each under its own
 * `client_id`, which makes a repetition harmless. Kept in the browser, so a reload goes on where it was.
 */
import { backoff } from "../api/backoff";
import { ApiError, sentence } from "../api/errors";
import { uuid } from "../api/uuid";
import type { Attachment, SendAnswer, Sending } from "../contract";
import { type Box, readJson } from "./box";

/** `text` is '' where `attachments` go alone. */
export type Body = { text: string; attachments?: readonly Attachment[] } | { option: string; title: string };

/** waiting: for its turn. sending: on its way. stalled: tried in vain, will be tried again. refused: the server said no. */
export type OutboxStatus = "waiting" | "sending" | "stalled" | "refused";

export interface Unsent {
  clientId: string;
  conversation: string;
  body: Body;
  /** Milliseconds since 1970; the order of the queue. */
  addedAt: number;
  /** Last seq known when it was first tried: an employee message after it may already be this one. */
  afterSeq: number | null;
  /** An attempt ended without an answer, so the server may have it. */
  uncertain: boolean;
  status: OutboxStatus;
  detail: string | null;
}

export interface OutboxDeps {
  box: Box;
  conversation: string;
  send: (body: Sending) => Promise<SendAnswer>;
  lastSeq: () => number;
  onChange: (items: readonly Unsent[]) => void;
  onSent: (answer: SendAnswer) => void;
  /** An attempt failed for a reason that passes; the queue will try again. */
  onTrouble: (error: unknown) => void;
  /** The server no longer knows the conversation; the queue has stopped. */
  onLost: () => void;
  now?: () => number;
}

const PREFIX = "ua.outbox.";
/** Attempts in vain before the message itself says so; one hiccup is not worth a word. */
const QUIET_ATTEMPTS = 2;

export class Outbox {
  #items: readonly Unsent[] = [];
  #running = false;
  #stopped = false;
  #wake: (() => void) | null = null;

  constructor(private readonly deps: OutboxDeps) {
    const { box, conversation } = deps;
    const kept = stored(box);
    for (const item of kept) if (item.conversation !== conversation) box.remove(PREFIX + item.clientId);
    this.#set(kept.filter((item) => item.conversation === conversation));
    for (const item of this.#items) if (item.status !== "refused") this.#update(item, { status: "waiting" });
  }

  get items(): readonly Unsent[] {
    return this.#items;
  }

  add(body: Body): void {
    const latest = this.#items.at(-1)?.addedAt ?? 0;
    const item: Unsent = {
      clientId: uuid(),
      conversation: this.deps.conversation,
      body,
      addedAt: Math.max((this.deps.now ?? Date.now)(), latest + 1),
      afterSeq: null,
      uncertain: false,
      status: "waiting",
      detail: null,
    };
    this.#keep(item);
    this.#set([...this.#items, item]);
    void this.flush();
  }

  /** Send a refused message again as a new one, or a stalled one at once. */
  retry(clientId: string): void {
    const item = this.#items.find((each) => each.clientId === clientId);
    if (item?.status === "refused") {
      this.discard(clientId);
      this.add(item.body);
    } else this.wake();
  }

  discard(clientId: string): void {
    this.deps.box.remove(PREFIX + clientId);
    this.#set(this.#items.filter((item) => item.clientId !== clientId));
  }

  /** Try now instead of waiting for the timer. */
  wake(): void {
    this.#wake?.();
    void this.flush();
  }

  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }

  /** Work through the queue until it is empty or stopped; a second call joins the first. */
  async flush(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    let attempts = 0;
    for (let item = this.#next(); item; item = this.#next()) {
      const delay = await this.#attempt(item, attempts);
      attempts = delay === null ? 0 : attempts + 1;
      if (delay !== null) await this.#pause(delay);
    }
    this.#running = false;
  }

  #next(): Unsent | undefined {
    return this.#stopped ? undefined : this.#items.find((item) => item.status !== "refused");
  }

  /** Try once; returns null when this message is settled, else milliseconds to wait. */
  async #attempt(item: Unsent, attempts: number): Promise<number | null> {
    const afterSeq = item.afterSeq ?? this.deps.lastSeq();
    // Uncertain until answered: a reload in the middle of the call must count as a possible delivery.
    const trying = this.#update(item, { status: "sending", afterSeq, uncertain: true });
    try {
      const answer = await this.deps.send(sending(item));
      this.discard(item.clientId);
      if (!this.#stopped) this.deps.onSent(answer);
      return null;
    } catch (error) {
      if (this.#stopped) return null;
      if (error instanceof ApiError && !error.temporary) {
        const undecided = item.uncertain && error.lost;
        this.#update(trying, { uncertain: undecided, status: error.lost ? "waiting" : "refused", detail: sentence(error) });
        if (error.lost) {
          this.stop();
          this.deps.onLost();
        }
        return null;
      }
      this.#update(trying, { status: attempts + 1 < QUIET_ATTEMPTS ? "sending" : "stalled" });
      this.deps.onTrouble(error);
      return (error instanceof ApiError ? error.retryAfterMs : null) ?? backoff(attempts);
    }
  }

  async #pause(delay: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delay);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }

  #update(item: Unsent, change: Partial<Unsent>): Unsent {
    const changed = { ...item, ...change };
    this.#keep(changed);
    this.#set(this.#items.map((each) => (each.clientId === item.clientId ? changed : each)));
    return changed;
  }

  #keep(item: Unsent): void {
    this.deps.box.set(PREFIX + item.clientId, JSON.stringify(item));
  }

  #set(items: readonly Unsent[]): void {
    this.#items = items;
    this.deps.onChange(items);
  }
}

function sending({ clientId, body }: Unsent): Sending {
  if ("option" in body) return { client_id: clientId, option: body.option };
  const { text, attachments = [] } = body;
  if (attachments.length === 0) return { client_id: clientId, text };
  return { client_id: clientId, ...(text === "" ? {} : { text }), attachments: attachments.map(({ id }) => id) };
}

function stored(box: Box): Unsent[] {
  const keys = box.keys().filter((key) => key.startsWith(PREFIX));
  const items = keys.map((key) => readJson(box, key) as Unsent | null).filter((item) => item !== null);
  return items.sort((a, b) => a.addedAt - b.addedAt);
}
