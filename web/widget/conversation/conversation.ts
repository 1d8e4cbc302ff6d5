/** One employee's conversation as the page shows it: reactive state, and the few things a person can do with it. */
import { reactive, readonly, type DeepReadonly } from "vue";

import { backoff } from "../api/backoff";
import type { ApiClient, Ticket } from "../api/client";
import { ApiError, sentence, Unreachable } from "../api/errors";
import type { Attachment, Feedback, History } from "../contract";
import { t } from "../texts";
import { Asker, type AskerDeps } from "./asker";
import type { Box } from "./box";
import type { Kept, Memory } from "./memory";
import type { Opened } from "./opening";
import { Signs } from "./signs";
import { watchNetwork } from "./surroundings";
import { show, Talk } from "./talk";
import { type ChatView, nothingYet } from "./view";

export interface ConversationDeps extends AskerDeps {
  openSocket?: (address: string, protocols: string[]) => WebSocket;
}

export class Conversation {
  readonly #view: ChatView = reactive(nothingYet());
  readonly view: DeepReadonly<ChatView> = readonly(this.#view);

  readonly #api: ApiClient;
  readonly #asker: Asker;
  #kept: Kept | null = null;
  #talk: Talk | null = null;
  readonly #signs = new Signs(this.#view);
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  /** Conversations lost since the last message that was taken. */
  #losses = 0;
  #unwatchNetwork: (() => void) | null = null;
  #unwatchMemory: (() => void) | null = null;
  /** Rises whenever a conversation is left, so that a late answer does not open a second one. */
  #epoch = 0;
  /** Texts for the next conversation, because the last one was lost before they were delivered. */
  #carried: string[] = [];

  constructor(private readonly deps: ConversationDeps) {
    this.#api = deps.api;
    this.#asker = new Asker(deps);
  }

  get #memory(): Memory {
    return this.#asker.memory;
  }

  get #started(): boolean {
    return this.#unwatchNetwork !== null;
  }

  /** Where the text being written is kept. */
  get drafts(): Box {
    return this.#asker.drafts;
  }

  /** Whether there is a conversation of who is asking to be continued. */
  get remembered(): boolean {
    return this.#memory.load() !== null;
  }

  /** Continue the kept conversation or begin one; from now on follow the network and the other tabs. */
  start(): void {
    this.#unwatchNetwork = watchNetwork({
      looked: () => {
        this.wake({ reconnect: false });
      },
      network: (online) => {
        this.#signs.connection({ offline: !online });
        if (online) this.wake({ reconnect: true });
      },
    });
    this.#continue();
  }

  stop(): void {
    this.#unwatchNetwork?.();
    this.#unwatchMemory?.();
    this.#leave();
  }

  /** Begin again after `clear`. */
  restart(): void {
    void this.#begin();
  }

  /** The portal, or a login, says who is asking: nobody goes on in a conversation that another began. */
  identify(token: string | null): void {
    if (!this.#asker.identify(token)) return;
    this.#carried = [];
    if (!this.#started) return;
    this.#leave();
    this.#view.notice = null;
    this.#continue();
  }

  /** Whoever was logged in has logged out: what this browser has kept for anybody is forgotten. */
  forgetPeople(): void {
    this.identify(null);
    this.#asker.forgetOthers();
  }

  send(text: string, attachments: readonly Attachment[] = []): void {
    this.#talk?.say(attachments.length === 0 ? { text } : { text, attachments });
  }

  /** Hand a file in for a message to come; throws ApiError or Unreachable. */
  async handIn(file: File, onProgress: (done: number) => void, signal: AbortSignal): Promise<Attachment> {
    return this.#api.handIn(this.#ticket(), file, onProgress, signal);
  }

  /** What was sent; throws ApiError or Unreachable. */
  async attachment(id: string): Promise<Blob> {
    return this.#api.attachment(this.#ticket(), id);
  }

  choose(option: { id: string; title: string }): void {
    this.#talk?.say({ option: option.id, title: option.title });
  }

  retry(clientId: string): void {
    this.#talk?.retry(clientId);
  }

  discard(clientId: string): void {
    this.#talk?.discard(clientId);
  }

  /** The employee is writing. */
  typing(): void {
    this.#talk?.typing();
  }

  /** The message with this seq has been on the screen. */
  saw(seq: number): void {
    const kept = this.#kept;
    if (!kept || seq <= this.#view.seen) return;
    this.#view.seen = kept.seen = seq;
    this.#memory.save(kept);
    this.#talk?.read();
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
    const epoch = this.#epoch;
    const opened = await this.#asker.open(org);
    if (epoch !== this.#epoch) return;
    this.#leave();
    this.#view.notice = null;
    if (opened) this.#enterNew(opened);
    else {
      this.#memory.forget();
      this.#asVisitor();
    }
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

  /** A page of what the person said before, in other conversations; null when nobody is named any more. */
  earlier(before: string | null): Promise<History | null> {
    return this.#asker.earlier({ before, beside: this.#view.id ?? "" });
  }

  /** Something the person should know, until they put it away. */
  notify(notice: string): void {
    this.#view.notice = notice;
  }

  dismissNotice(): void {
    this.#view.notice = null;
  }

  /** Try now what waits for a timer; `reconnect` when the network has changed under an open stream. */
  wake({ reconnect }: { reconnect: boolean }): void {
    if (this.#view.phase === "failed") void this.#begin();
    this.#talk?.wake({ reconnect });
  }

  #ticket(): Ticket {
    if (!this.#kept) throw new Unreachable();
    return this.#kept;
  }

  /** Go on as who is asking: in the conversation that is kept for them, or in a new one. */
  #continue(): void {
    this.#unwatchMemory?.();
    this.#unwatchMemory = this.#memory.watch(() => this.#followOtherTab());
    this.#view.org = null;
    const kept = this.#memory.load();
    if (kept) this.#resume(kept);
    else void this.#begin();
  }

  /** The server does not take the word given for who is asking. */
  #asVisitor(): void {
    this.#asker.identify(null);
    this.#view.notice = t("notice.identity_refused");
    this.#continue();
  }

  /** Begin a conversation where there is none, and try until it works. */
  async #begin(): Promise<void> {
    clearTimeout(this.#retryTimer);
    const epoch = this.#epoch;
    Object.assign(this.#view, { phase: "starting", trouble: null });
    try {
      const opened = await this.#asker.open(this.#view.org);
      if (epoch !== this.#epoch) return;
      if (opened) this.#enterNew(opened);
      else this.#asVisitor();
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

  #enterNew({ created, who }: Opened): void {
    this.#asker.become(who);
    const { id, token, org, person, state, messages } = created;
    const kept: Kept = { id, token, org, ratings: {}, seen: 0 };
    this.#memory.save(kept);
    this.#enter(kept, { messages, person, owner: state });
    for (const text of this.#carried.splice(0)) this.send(text);
  }

  /** Go on with a conversation the browser remembers. */
  #resume(kept: Kept): void {
    this.#enter(kept, {});
    void this.#readStatus(kept);
  }

  #enter(kept: Kept, known: Partial<ChatView>): void {
    if (this.#asker.named) this.#asker.forgetOthers();
    this.#kept = kept;
    this.#attempt = 0;
    this.#signs.connection({ busy: false });
    const { id, org, ratings, seen } = kept;
    Object.assign(this.#view, nothingYet(), { notice: this.#view.notice, connection: this.#view.connection });
    Object.assign(this.#view, { phase: "ready", id, org, ratings: { ...ratings }, seen, named: this.#asker.named }, known);
    this.#talk = this.#newTalk(kept);
    this.#talk.start();
  }

  #newTalk(kept: Kept): Talk {
    return new Talk({
      api: this.#api,
      ticket: kept,
      box: this.#memory.box,
      view: this.#view,
      signs: this.#signs,
      openSocket: this.deps.openSocket ?? ((address, protocols) => new WebSocket(address, protocols)),
      onBack: () => {
        if (this.#view.person === null) void this.#readStatus(kept);
      },
      onTaken: () => {
        this.#losses = 0;
      },
      onLost: () => this.#replaceLost(),
    });
  }

  async #readStatus(ticket: Ticket): Promise<void> {
    try {
      const { person, org, ...standing } = await this.#api.conversation(ticket);
      if (this.#kept?.id !== ticket.id) return;
      Object.assign(this.#view, { person, org });
      show(this.#view, standing);
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
    const texts = this.#talk?.undelivered() ?? [];
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
      Object.assign(this.#view, { ratings: { ...kept.ratings }, seen: Math.max(kept.seen, this.#view.seen) });
    } else {
      this.#leave();
      this.#resume(kept);
    }
  }

  #leave(): void {
    this.#epoch += 1;
    clearTimeout(this.#retryTimer);
    this.#signs.typing(null);
    this.#talk?.stop();
    this.#talk = this.#kept = null;
  }

  #end({ deleted }: { deleted: boolean }): void {
    this.#leave();
    Object.assign(this.#view, nothingYet(), { phase: "ended", connection: this.#view.connection, deleted });
  }
}
