/** The desk: everything that lives as long as the page, wired together once. */
import { inject, type InjectionKey, reactive, type ShallowReactive, shallowReactive, watch } from "vue";

import { type Box, browserBox } from "../../widget/conversation/box";
import { watchNetwork } from "../../widget/conversation/surroundings";
import { DeskApi } from "../api/client";
import type { Frame, Queue } from "../api/types";
import { t } from "../texts";
import { Alarm } from "./alarm";
import { Bell } from "./bell";
import { forgetDrafts } from "./draft";
import { DeskFeed, type FeedState } from "./feed";
import { Replies } from "./replies";
import { Session } from "./session";
import { Talk } from "./talk";

export interface LiveView {
  connection: FeedState;
  /** The queue has been heard of; before that an empty list means nothing. */
  known: boolean;
  /** Rises whenever something in the tickets has changed. */
  ticketsChanged: number;
}

export interface DeskDeps {
  request?: typeof fetch;
  open?: () => WebSocket;
  /** Kept for this tab: unsent replies and drafts. */
  tab?: Box;
  /** Kept for this browser: settings. */
  browser?: Box;
}

export class Desk {
  readonly api: DeskApi;
  readonly session: Session;
  readonly talk: Talk;
  readonly replies: Replies;
  readonly bell: Bell;
  readonly tab: Box;
  readonly queue: ShallowReactive<Queue> = shallowReactive<Queue>({ waiting: [], mine: [], others: [] });
  readonly live = reactive<LiveView>({ connection: "connecting", known: false, ticketsChanged: 0 });
  readonly #feed: DeskFeed;
  readonly #alarm: Alarm;

  constructor({ request, open, tab = browserBox("sessionStorage"), browser = browserBox("localStorage") }: DeskDeps = {}) {
    this.tab = tab;
    this.api = new DeskApi(() => this.session.lost(), request);
    this.talk = new Talk(this.api);
    this.bell = new Bell(browser);
    this.replies = new Replies({
      box: tab,
      send: (conversation, clientId, text) => this.api.say(conversation, clientId, text),
      onSent: (conversation, message) => this.talk.said(conversation, message),
    });
    this.#feed = new DeskFeed({
      open: open ?? (() => this.api.stream()),
      poll: () => this.#poll(),
      watched: () => {
        const shown = this.talk.view.conversation;
        return shown && { conversation_id: shown.id, after: this.talk.lastSeq };
      },
      onFrame: (frame) => this.#take(frame),
      onState: (state) => {
        this.live.connection = state;
      },
      onLost: () => this.session.lost(),
    });
    this.#alarm = new Alarm({
      bell: this.bell,
      setTitle: (title) => {
        document.title = title;
      },
      title: (waiting) => (waiting > 0 ? t("app.title_waiting", { count: waiting }) : t("app.title")),
      urgentTitle: (count) => t("app.title_urgent", { count }),
    });
    this.session = new Session(this.api, {
      begun: (me) => {
        this.replies.resume(me.id);
        this.#feed.start();
      },
      ended: (how) => this.#end(how),
    });
  }

  /** Look who is logged in and attend to the page; returns the way to stop. */
  start(): () => void {
    this.bell.listen();
    void this.session.start();
    const unwatch = watch(() => this.talk.view.conversation?.id, () => this.#feed.watch());
    const stop = watchNetwork({
      network: (online) => {
        if (online) this.#wake({ reconnect: true });
        else this.live.connection = "reconnecting";
      },
      looked: () => this.#wake({ reconnect: false }),
    });
    return () => {
      unwatch();
      stop();
      this.#feed.stop();
      this.#alarm.stop();
    };
  }

  typing(): void {
    if (this.talk.view.id !== null) this.#feed.typing(this.talk.view.id);
  }

  #wake(how: { reconnect: boolean }): void {
    this.#feed.wake(how);
    this.replies.wake();
  }

  #end({ expired }: { expired: boolean }): void {
    this.#feed.stop();
    this.talk.leave();
    Object.assign(this.queue, { waiting: [], mine: [], others: [] });
    Object.assign(this.live, { connection: "connecting", known: false });
    this.#alarm.update([], 0);
    if (expired) this.replies.pause();
    else {
      this.replies.forget();
      forgetDrafts(this.tab);
    }
  }

  #take(frame: Frame): void {
    if (frame.type === "queue") this.#show(frame);
    else if (frame.type === "tickets") this.live.ticketsChanged += 1;
    else this.talk.take(frame);
  }

  async #poll(): Promise<void> {
    this.#show(await this.api.queue());
    await this.talk.refresh();
    this.live.ticketsChanged += 1;
  }

  #show({ waiting, mine, others }: Queue): void {
    const before = this.#standing();
    Object.assign(this.queue, { waiting, mine, others });
    this.live.known = true;
    // Of a conversation that a colleague took, the stream says nothing more to those who may not read it.
    if (before !== this.#standing()) void this.talk.refresh();
    const urgent = waiting.filter((item) => item.urgent).map((item) => item.handover_id);
    this.#alarm.update(urgent, waiting.length);
  }

  /** Where the conversation on the screen stands in the queue: waiting, with whom, or not at all. */
  #standing(): string | null {
    const { waiting, mine, others } = this.queue;
    const item = [...waiting, ...mine, ...others].find((each) => each.conversation_id === this.talk.view.id);
    return item ? `${item.state} ${item.claimed_by?.id ?? ""}` : null;
  }
}

export const deskKey: InjectionKey<Desk> = Symbol("desk");

/** The page's desk, for its components. */
export function useDesk(): Desk {
  const desk = inject(deskKey);
  if (!desk) throw new Error("no desk is provided");
  return desk;
}
