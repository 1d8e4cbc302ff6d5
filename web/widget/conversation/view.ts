/** What the page shows of a conversation. */
import type { FeedState } from "../api/feed";
import type { ChatState, Message, Person, Queue, Rating, Sender } from "../contract";
import type { Unsent } from "./outbox";

/** starting: no conversation yet. ready: one is open. failed: none could be opened. ended: cleared on request. */
export type Phase = "starting" | "ready" | "failed" | "ended";
export type Connection = FeedState | "busy";

export interface ChatView {
  phase: Phase;
  /** Why no conversation could be opened. */
  trouble: string | null;
  connection: Connection;
  /** Of the open conversation; null when there is none. */
  id: string | null;
  /** Who is asking; null as long as the server has not said. */
  person: Person | null;
  /** Whether a token names the person, which opens what was said before. */
  named: boolean;
  owner: ChatState;
  queue: Queue | null;
  staffName: string | null;
  messages: readonly Message[];
  unsent: readonly Unsent[];
  /** Who is writing an answer at the moment. */
  typing: Sender | null;
  notice: string | null;
  org: string | null;
  ratings: Record<string, Rating>;
  /** Seq of the last message that has been on the screen. */
  seen: number;
  /** After clearing: whether the server has deleted its copy as well. */
  deleted: boolean;
}

export function nothingYet(): ChatView {
  return {
    phase: "starting",
    trouble: null,
    connection: "connecting",
    id: null,
    person: null,
    named: false,
    owner: "bot",
    queue: null,
    staffName: null,
    messages: [],
    unsent: [],
    typing: null,
    notice: null,
    org: null,
    ratings: {},
    seen: 0,
    deleted: true,
  };
}
