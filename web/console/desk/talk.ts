/** The conversation on the screen: its messages as they come, who has it, and what staff do with it. */
import { shallowReactive } from "vue";

import type { DeskApi } from "../api/client";
import { ApiError, sentence } from "../api/errors";
import type { Conversation, Delivery, Frame, Message } from "../api/types";
import { t } from "../texts";

export interface TalkView {
  id: string | null;
  conversation: Conversation | null;
  messages: readonly Message[];
  /** Why it cannot be shown. */
  trouble: string | null;
  employeeTyping: boolean;
}

/** The employee's sign of writing fades when it is not renewed. */
const TYPING_MS = 6000;

export class Talk {
  readonly view = shallowReactive<TalkView>({ id: null, conversation: null, messages: [], trouble: null, employeeTyping: false });
  #typingTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly api: DeskApi) {}

  get lastSeq(): number {
    return this.view.messages.at(-1)?.seq ?? 0;
  }

  async open(id: string): Promise<void> {
    if (this.view.id !== id) this.leave();
    this.view.id = id;
    await this.refresh();
  }

  leave(): void {
    this.#stopTyping();
    Object.assign(this.view, { id: null, conversation: null, messages: [], trouble: null });
  }

  /** Fetch it again; what is on the screen stays when that fails. */
  async refresh(): Promise<void> {
    const { id } = this.view;
    if (id === null) return;
    try {
      this.show(await this.api.conversation(id));
    } catch (error) {
      if (this.view.id !== id) return;
      const gone = error instanceof ApiError && !error.temporary;
      if (gone || !this.view.conversation) Object.assign(this.view, { conversation: null, messages: [], trouble: why(error) });
    }
  }

  /** Take over what the server says about it. */
  show(conversation: Conversation): void {
    if (conversation.id !== this.view.id) return;
    Object.assign(this.view, { conversation, messages: merge(this.view.messages, conversation.messages), trouble: null });
  }

  async claim(): Promise<void> {
    await this.#act((id) => this.api.claim(id));
  }

  async handBack(): Promise<void> {
    await this.#act((id) => this.api.handBack(id));
  }

  async close(): Promise<void> {
    await this.#act((id) => this.api.closeConversation(id));
  }

  /** Send an answer of one's own once more that did not surely reach the employee. */
  async sendAgain(message: Message): Promise<void> {
    this.said(message.conversation_id, await this.api.sendAgain(message.conversation_id, message.id));
  }

  /** A reply of one's own has arrived. */
  said(conversation: string, message: Message): void {
    if (conversation === this.view.id) this.view.messages = merge(this.view.messages, [message]);
  }

  take(frame: Frame): void {
    if (frame.type === "typing" && frame.conversation_id === this.view.id) {
      this.#stopTyping();
      this.view.employeeTyping = true;
      this.#typingTimer = setTimeout(() => this.#stopTyping(), TYPING_MS);
    } else if (frame.type === "conversation" && frame.conversation_id === this.view.id) {
      const { state, staff, read_seq, messages, deliveries } = frame;
      if (messages.some((message) => message.sender === "employee")) this.#stopTyping();
      this.view.messages = delivered(merge(this.view.messages, messages), deliveries);
      const known = this.view.conversation;
      if (!known) return;
      this.view.conversation = { ...known, state, staff, read_seq };
      // Whether it is mine and whether I may take it only the server can say.
      if (known.state !== state || known.staff?.id !== staff?.id) void this.refresh();
    }
  }

  async #act(call: (id: string) => Promise<Conversation>): Promise<void> {
    const { id } = this.view;
    if (id === null) return;
    try {
      this.show(await call(id));
    } catch (error) {
      void this.refresh();
      throw error;
    }
  }

  #stopTyping(): void {
    clearTimeout(this.#typingTimer);
    this.view.employeeTyping = false;
  }
}

/** A conversation that may no longer be read is for the server one that does not exist. */
function why(error: unknown): string {
  return error instanceof ApiError && error.status === 404 ? t("talk.gone") : sentence(error);
}

/** Return `messages`, each where it stands now on its way to a messenger; those that stay the same are the same. */
function delivered(messages: readonly Message[], deliveries: readonly Delivery[]): Message[] {
  const byId = new Map(deliveries.map((each) => [each.message_id, each]));
  return messages.map((message) => {
    const now = byId.get(message.id);
    if (!now || (now.delivery === message.delivery && now.delivery_reason === message.delivery_reason)) return message;
    return { ...message, delivery: now.delivery, delivery_reason: now.delivery_reason };
  });
}

/** Return `known` with `incoming` merged in: one per id, the newer copy winning, ordered by seq. */
export function merge(known: readonly Message[], incoming: readonly Message[]): Message[] {
  const byId = new Map(known.map((message) => [message.id, message]));
  for (const message of incoming) byId.set(message.id, message);
  return [...byId.values()].sort((a, b) => a.seq - b.seq);
}
