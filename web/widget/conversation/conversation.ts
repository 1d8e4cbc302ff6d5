/** One employee's conversation as the page shows it: reactive state, and the few things a person can do with it. */
import { reactive, readonly, type DeepReadonly } from "vue";

import { backoff } from "../api/backoff";
import type { ApiClient, Ticket } from "../api/client";
import { ApiError, sentence } from "../api/errors";
import { Feed, type FeedState } from "../api/feed";
import type { ChatState, Feedback, Frame, Message, NewConversation, Rating, SendAnswer, Sender } from "../contract";
import { t } from "../texts";
import type { Box } from "./box";
import { type Kept, Memory } from "./memory";
import { Outbox, type Unsent } from "./outbox";
import { merge } from "./timeline";

/** starting: no conversation yet. ready: one is open. failed: none could be opened. ended: cleared on request. */
export type Phase = "starting" | "ready" | "failed" | "ended";
export type Connection = FeedState | "busy";

export interface ChatView {
  phase: Phase;
  /** Why no conversation could be opened. */
  trouble: string | null;
  connection: Connection;
  owner: ChatState;
  messages: readonly Message[];
  unsent: readonly Unsent[];
  /** Who is writing an answer at the moment. */
  typing: Sender | null;
  notice: string | null;
  org: string | null;
  ratings: Record<string, Rating>;
  /** After clearing: whether the server has deleted its copy as well. */
  deleted: boolean;
}

export interface ConversationDeps {
  api: ApiClient;
  box: Box;
  openSocket?: (address: string, protocols: string[]) => WebSocket;
}

/** An answer that has not come after so long is not announced any more. */
const TYPING_MS = 60_000;

export class Conversation {
  readonly #view: ChatView = reactive({
    phase: "starting",
    trouble: null,
    connection: "connecting",
    owner: "bot",
    messages: [],
    unsent: [],
    typing: null,
    notice: null,
    org: null,
    ratings: {},
    deleted: true,
  });
  readonly view: DeepReadonly<ChatView> = readonly(this.#view);

  readonly #api: ApiClient;
  readonly #memory: Memory;
  #kept: Kept | null = null;
  #feed: Feed | null = null;
  #feedState: FeedState = "connecting";
  #busy = false;
  #offline = false;
  #outbox: Outbox | null = null;
  #typingTimer: ReturnType<typeof setTimeout> | undefined;
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
    window.addEventListener("online", this.#onNetwork);
    window.addEventListener("offline", this.#onNetwork);
    document.addEventListener("visibilitychange", this.#onVisibility);
    this.#unwatch = this.#memory.watch(() => {
      this.#followOtherTab();
    });
    const kept = this.#memory.load();
    if (kept) this.#resume(kept);
    else void this.#begin();
  }

  stop(): void {
    window.removeEventListener("online", this.#onNetwork);
    window.removeEventListener("offline", this.#onNetwork);
    document.removeEventListener("visibilitychange", this.#onVisibility);
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

  readonly #onVisibility = () => {
    if (document.visibilityState === "visible") this.wake({ reconnect: false });
  };

  readonly #onNetwork = ({ type }: Event) => {
    this.#offline = type === "offline";
    this.#showConnection();
    if (!this.#offline) this.wake({ reconnect: true });
  };

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
    this.#busy = false;
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
      onFrame: (frame) => {
        this.#take(frame);
      },
      onState: (state) => {
        if (state === "online" && this.#feedState !== "online") this.#outbox?.wake();
        this.#feedState = state;
        this.#showConnection();
      },
      onLost: () => {
        this.#replaceLost();
      },
    });
  }

  #newOutbox(ticket: Ticket): Outbox {
    return new Outbox({
      box: this.deps.box,
      conversation: ticket.id,
      send: (body) => {
        if (this.#view.owner === "bot") this.#typing("bot");
        return this.#api.send(ticket, body);
      },
      lastSeq: () => lastSeq(this.#view.messages),
      onChange: (items) => {
        this.#view.unsent = items;
      },
      onSent: (answer) => {
        this.#sent(answer);
      },
      onTrouble: (error) => {
        this.#typing(null);
        this.#busy = error instanceof ApiError;
        this.#showConnection();
      },
      onLost: () => {
        this.#replaceLost();
      },
    });
  }

  #sent({ accepted, messages, state, pending }: SendAnswer): void {
    this.#view.messages = merge(this.#view.messages, [accepted, ...messages]);
    this.#view.owner = state;
    this.#busy = false;
    this.#losses = 0;
    this.#showConnection();
    const answered = this.#view.messages.some((message) => message.sender !== "employee" && message.seq > accepted.seq);
    this.#typing(pending && !answered ? "bot" : null);
  }

  #take(frame: Frame): void {
    switch (frame.type) {
      case "message":
        this.#view.messages = merge(this.#view.messages, [frame.message]);
        if (frame.message.sender !== "employee") this.#typing(null);
        break;
      case "state":
        this.#view.owner = frame.state;
        break;
      case "typing":
        this.#typing(frame.by);
        break;
      case "error":
        this.#view.notice = frame.detail;
        break;
      case "ping":
    }
  }

  #typing(by: Sender | null): void {
    clearTimeout(this.#typingTimer);
    this.#view.typing = by;
    if (by) {
      this.#typingTimer = setTimeout(() => {
        this.#view.typing = null;
      }, TYPING_MS);
    }
  }

  #showConnection(): void {
    this.#view.connection = this.#offline ? "reconnecting" : this.#busy ? "busy" : this.#feedState;
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
    this.#typing(null);
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
