/** What the page shows of a conversation. */
import type { FeedState } from "../api/feed";
import type { ChatState, Message, Rating, Sender } from "../contract";
import type { Unsent } from "./outbox";

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

export function nothingYet(): ChatView {
  return {
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
  };
}
