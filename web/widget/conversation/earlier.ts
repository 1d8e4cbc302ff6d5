/** What the person and the service have said before, loaded page by page, the newest page first. */
import { reactive, readonly, type DeepReadonly } from "vue";

import { sentence } from "../api/errors";
import type { EarlierMessage, History } from "../contract";
import { dayOf } from "../text/time";
import { t } from "../texts";

export interface EarlierView {
  /** The oldest first. */
  messages: readonly EarlierMessage[];
  /** idle: nothing asked for yet. some: there is more. all: that was everything. */
  state: "idle" | "loading" | "some" | "all";
  trouble: string | null;
}

/** Messages of one conversation and one day that follow each other. */
export interface Stretch {
  key: string;
  at: string;
  /** Said in WeChat Work and not on a page. */
  wecom: boolean;
  messages: EarlierMessage[];
}

export class Earlier {
  readonly #view: EarlierView = reactive({ messages: [], state: "idle", trouble: null });
  readonly view: DeepReadonly<EarlierView> = readonly(this.#view);

  /** `fetch` returns the page before a message, the newest first; null when nobody is named any more. */
  constructor(private readonly fetch: (before: string | null) => Promise<History | null>) {}

  async load(): Promise<void> {
    const view = this.#view;
    if (view.state === "loading") return;
    const before = view.state;
    Object.assign(view, { state: "loading", trouble: null });
    try {
      const page = await this.fetch(view.messages[0]?.id ?? null);
      if (page === null) {
        Object.assign(view, { state: before, trouble: t("earlier.refused") });
        return;
      }
      view.messages = [...page.messages.slice().reverse(), ...view.messages];
      view.state = page.more ? "some" : "all";
    } catch (error) {
      Object.assign(view, { state: before, trouble: sentence(error) });
    }
  }
}

export function stretches(messages: readonly EarlierMessage[]): Stretch[] {
  const found: Stretch[] = [];
  for (const message of messages) {
    const last = found.at(-1);
    const goesOn = last?.messages[0]?.conversation_id === message.conversation_id && dayOf(last.at) === dayOf(message.at);
    if (last && goesOn) last.messages.push(message);
    else found.push({ key: message.id, at: message.at, wecom: message.channel.startsWith("wecom_"), messages: [message] });
  }
  return found;
}
