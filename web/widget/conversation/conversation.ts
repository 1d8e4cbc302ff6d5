/** One employee's conversation as the page shows it: reactive state, and the few things a person can do with it. */
import { reactive, readonly, type DeepReadonly } from "vue";

import { backoff } from "../api/backoff";
import type { ApiClient, Ticket } from "../api/client";
import { ApiError, sentence } from "../api/errors";
import { Feed } from "../api/feed";
import type { ChatState, Feedback, Frame, Message, NewConversation, SendAnswer } from "../contract";
import { t } from "../texts";
import type { Box } from "./box";
import { type Kept, Memory } from "./memory";
import { Outbox } from "./outbox";
import { Signs } from "./signs";
import { watchNetwork } from "./surroundings";
import { merge } from "./timeline";
import { type ChatView, nothingYet } from "./view";

export interface ConversationDeps {
  api: ApiClient;
  box: Box;
  openSocket?: (address: string, protocols: string[]) => WebSocket;
}

export class Conversation {
  readonly #view: ChatView = reactive(nothingYet());
  readonly view: DeepReadonly<ChatView> = readonly(this.#view);

  readonly #api: ApiClient;
  readonly #memory: Memory;
  #kept: Kept | null = null;
  #feed: Feed | null = null;
  readonly #signs = new Signs(this.#view);
  #outbox: Outbox | null = null;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  /** Conversations lost since the last message that was taken. */
  #losses = 0;
  #unwatch: (() => void) | null = null;
  /** Rises whenever a conversation is left, so that a late answer does not open a second one. */
  #epoch = 0;
  /** Texts for the next conversation, because the last one was lost before they were delivered. */
  #carried: string[] = [];

  constructor(private readonly deps: ConversationDeps) {
    this.#api = deps.api;
    this.#memory = new Memory(deps.box);
  }

  /** Continue the kept conversation or begin one; from now on follow the network and the other tabs. */
  start(): void {
    const unwatchNetwork = watchNetwork({
      looked: () => {
        this.wake({ reconnect: false });
      },
      network: (online) => {
        this.#signs.connection({ offline: !online });
        if (online) this.wake({ reconnect: true });
      },
    });
    const unwatchMemory = this.#memory.watch(() => this.#followOtherTab());
    this.#unwatch = () => {
      unwatchNetwork();
      unwatchMemory();
    };
    const kept = this.#memory.load();
    if (kept) this.#resume(kept);
    else void this.#begin();
  }

  stop(): void {
    this.#unwatch?.();
    this.#leave();
  }

  /** Begin again after `clear`. */
  restart(): void {
    void this.#begin();
  }

  send(text: string): void {
    this.#outbox?.add({ text });
  }

  choose(option: { id: string; title: string }): void {
    this.#outbox?.add({ option: option.id, title: option.title });
  }

  retry(clientId: string): void {
    this.#outbox?.retry(clientId);
  }

  discard(clientId: string): void {
    this.#outbox?.discard(clientId);
  }

  /** Rate a bot's message; throws ApiError or Unreachable when the server has not taken it. */
  async rate(messageId: string, feedback: Feedback): Promise<void> {
    const kept = this.#kept;
    if (!kept) return;
    await this.#api.feedback(kept, messageId, feedback);
    kept.ratings[messageId] = feedback.rating;
    this.#view.ratings = { ...kept.ratings };
    this.#memory.save(kept);
  }

  /** Begin another conversation, for the same branch or for `org`; throws and stays in this one when it cannot. */
  async startNew(org: string | null = this.#view.org): Promise<void> {
    const created = await this.#api.createConversation(org);
    this.#leave();
    this.#view.notice = null;
    this.#enterNew(created, org);
  }

  /** Delete the conversation on the server and here; throws and keeps everything when the server cannot. */
  async clear(): Promise<void> {
    const kept = this.#kept;
    // Forgotten first: other tabs then end as well, instead of replacing a conversation that vanished.
    this.#memory.forget();
    try {
      if (kept) await this.#api.deleteConversation(kept);
    } catch (error) {
      if (!(error instanceof ApiError && error.lost)) {
        if (kept) this.#memory.save(kept);
        throw error;
      }
    }
    this.#end({ deleted: true });
  }

  /** Forget the conversation on this computer only. */
  clearHere(): void {
    this.#memory.forget();
    this.#end({ deleted: false });
  }

  dismissNotice(): void {
    this.#view.notice = null;
  }

  /** Try now what waits for a timer; `reconnect` when the network has changed under an open stream. */
  wake({ reconnect }: { reconnect: boolean }): void {
    if (this.#view.phase === "failed") void this.#begin();
    this.#feed?.wake({ reconnect });
    this.#outbox?.wake();
  }

  /** Begin a conversation where there is none, and try until it works. */
  async #begin(): Promise<void> {
    clearTimeout(this.#retryTimer);
    const epoch = this.#epoch;
    const org = this.#view.org;
    Object.assign(this.#view, { phase: "starting", trouble: null });
    try {
      const created = await this.#api.createConversation(org);
      if (epoch === this.#epoch) this.#enterNew(created, org);
    } catch (error) {
      if (epoch !== this.#epoch) return;
      this.#fail(sentence(error), this.#attempt++);
    }
  }

  /** No conversation for the moment: say why, and try to begin one after a wait. */
  #fail(trouble: string, attempt: number): void {
    Object.assign(this.#view, { phase: "failed", trouble });
    this.#retryTimer = setTimeout(() => void this.#begin(), backoff(attempt));
  }

  #enterNew({ id, token, state, messages }: NewConversation, org: string | null): void {
    const kept: Kept = { id, token, org, ratings: {} };
    this.#memory.save(kept);
    this.#enter(kept, { messages, owner: state });
    for (const text of this.#carried.splice(0)) this.send(text);
  }

  /** Go on with a conversation the browser remembers. */
  #resume(kept: Kept): void {
    this.#enter(kept, { messages: [], owner: "bot" });
    void this.#readOwner(kept);
  }

  #enter(kept: Kept, { messages, owner }: { messages: Message[]; owner: ChatState }): void {
    this.#kept = kept;
    this.#attempt = 0;
    this.#signs.connection({ busy: false });
    const { org, ratings } = kept;
    Object.assign(this.#view, { phase: "ready", messages, owner, org, ratings: { ...ratings } });
    this.#outbox = this.#newOutbox(kept);
    this.#feed = this.#newFeed(kept);
    this.#feed.start(lastSeq(messages), { catchUp: messages.length === 0 });
    void this.#outbox.flush();
  }

  #newFeed(ticket: Ticket): Feed {
    const openSocket = this.deps.openSocket ?? ((address, protocols) => new WebSocket(address, protocols));
    return new Feed({
      open: (after) => {
        const { address, protocols } = this.#api.stream(ticket, after);
        return openSocket(address, protocols);
      },
      poll: (after) => this.#api.messages(ticket, after),
      onFrame: (frame) => this.#take(frame),
      onState: (state) => {
        if (this.#signs.connection({ feed: state }).cameBack) this.#outbox?.wake();
      },
      onLost: () => this.#replaceLost(),
    });
  }

  #newOutbox(ticket: Ticket): Outbox {
    return new Outbox({
      box: this.deps.box,
      conversation: ticket.id,
      send: (body) => {
        if (this.#view.owner === "bot") this.#signs.typing("bot");
        return this.#api.send(ticket, body);
      },
      lastSeq: () => lastSeq(this.#view.messages),
      onChange: (items) => {
        this.#view.unsent = items;
      },
      onSent: (answer) => this.#sent(answer),
      onTrouble: (error) => {
        this.#signs.typing(null);
        this.#signs.connection({ busy: error instanceof ApiError });
      },
      onLost: () => this.#replaceLost(),
    });
  }

  #sent({ accepted, messages, state, pending }: SendAnswer): void {
    this.#view.messages = merge(this.#view.messages, [accepted, ...messages]);
    this.#view.owner = state;
    this.#losses = 0;
    this.#signs.connection({ busy: false });
    const answered = this.#view.messages.some((message) => message.sender !== "employee" && message.seq > accepted.seq);
    this.#signs.typing(pending && !answered ? "bot" : null);
  }

  #take(frame: Frame): void {
    switch (frame.type) {
      case "message":
        this.#view.messages = merge(this.#view.messages, [frame.message]);
        if (frame.message.sender !== "employee") this.#signs.typing(null);
        break;
      case "state":
        this.#view.owner = frame.state;
        break;
      case "typing":
        this.#signs.typing(frame.by);
        break;
      case "error":
        this.#view.notice = frame.detail;
        break;
      case "ping":
    }
  }

  async #readOwner(ticket: Ticket): Promise<void> {
    try {
      const { state } = await this.#api.conversation(ticket);
      if (this.#kept?.id === ticket.id) this.#view.owner = state;
    } catch {
      // The feed meets the same trouble, says so and sees to it.
    }
  }

  /** The conversation is gone, unless on request: begin another and carry over what was certainly not delivered to the old one. */
  #replaceLost(): void {
    if (!this.#memory.load()) {
      this.#end({ deleted: true });
      return;
    }
    const texts = (this.#outbox?.items ?? []).flatMap(({ body, uncertain }) =>
      "text" in body ? [{ text: body.text, uncertain }] : [],
    );
    this.#leave();
    this.#carried = texts.filter(({ uncertain }) => !uncertain).map(({ text }) => text);
    const unsure = texts.filter(({ uncertain }) => uncertain).map(({ text }) => t("notice.unsure", { text }));
    this.#view.notice = [t("notice.lost"), ...unsure].join("\n");
    // One loss is replaced at once; a server that loses every new conversation must not be asked in a circle.
    this.#losses += 1;
    if (this.#losses === 1) void this.#begin();
    else this.#fail(t("notice.lost"), this.#losses);
  }

  #followOtherTab(): void {
    const kept = this.#memory.load();
    if (!kept) this.#end({ deleted: true });
    else if (kept.id === this.#kept?.id) {
      this.#kept = kept;
      this.#view.ratings = { ...kept.ratings };
    } else {
      this.#leave();
      this.#resume(kept);
    }
  }

  #leave(): void {
    this.#epoch += 1;
    clearTimeout(this.#retryTimer);
    this.#signs.typing(null);
    this.#feed?.stop();
    this.#outbox?.stop();
    this.#feed = this.#outbox = this.#kept = null;
  }

  #end({ deleted }: { deleted: boolean }): void {
    this.#leave();
    Object.assign(this.#view, { phase: "ended", messages: [], unsent: [], notice: null, org: null, ratings: {}, deleted });
  }
}

function lastSeq(messages: readonly Pick<Message, "seq">[]): number {
  return messages.at(-1)?.seq ?? 0;
}
