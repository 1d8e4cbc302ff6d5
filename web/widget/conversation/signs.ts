/** The small signs of life in the page: how the connection is, and who is writing. */
import type { FeedState } from "../api/feed";
import type { Sender } from "../contract";
import type { ChatView } from "./view";

/** An answer that has not come after so long is not announced any more. */
const TYPING_MS = 60_000;
/** A person who writes says so again and again. */
const STAFF_TYPING_MS = 8000;

interface Circumstances {
  feed: FeedState;
  /** The server's last word was that it is overloaded or broken. */
  busy: boolean;
  /** The browser itself says that there is no network. */
  offline: boolean;
}

export class Signs {
  #now: Circumstances = { feed: "connecting", busy: false, offline: false };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly view: ChatView) {}

  /** Take in what has changed and show the sum; `cameBack` when the feed was not online before. */
  connection(change: Partial<Circumstances>): { cameBack: boolean } {
    const before = this.#now.feed;
    this.#now = { ...this.#now, ...change };
    const { feed, busy, offline } = this.#now;
    this.view.connection = offline ? "reconnecting" : busy ? "busy" : feed;
    return { cameBack: feed === "online" && before !== "online" };
  }

  typing(by: Sender | null): void {
    clearTimeout(this.#timer);
    this.view.typing = by;
    if (by) {
      this.#timer = setTimeout(() => {
        this.view.typing = null;
      }, by === "staff" ? STAFF_TYPING_MS : TYPING_MS);
    }
  }
}
