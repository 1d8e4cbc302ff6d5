/** The live feed of the desk. */
import { Line, type LineDeps } from "../../widget/api/line";
import { ApiError } from "../api/errors";
import type { Frame } from "../api/types";

export type { LineState as FeedState } from "../../widget/api/line";

export interface Watched {
  conversation_id: string;
  /** The last seq that is known here. */
  after: number;
}

/** `onLost`: the session has ended; the feed has stopped. */
export interface FeedDeps extends Pick<LineDeps<Frame>, "open" | "onFrame" | "onState" | "onLost" | "random"> {
  /** Fetch everything the stream would have told. */
  poll: () => Promise<void>;
  /** The conversation on the screen, which the server is told about anew after every reconnect. */
  watched: () => Watched | null;
}

/** Close code of the contract: no session. */
const LOST_CODES = [4401];
const POLL_MS = 5000;
const TYPING_MS = 3000;

export class DeskFeed {
  readonly #line: Line<Frame>;
  #typedAt = 0;

  constructor(private readonly deps: FeedDeps) {
    this.#line = new Line<Frame>({
      ...deps,
      poll: async () => {
        await deps.poll();
        return [];
      },
      pollEvery: POLL_MS,
      lostCodes: LOST_CODES,
      isLost: (error) => error instanceof ApiError && error.loggedOut,
      onOpen: () => {
        if (deps.watched()) this.watch();
      },
    });
  }

  start(): void {
    this.#line.start({ catchUp: false });
  }

  stop(): void {
    this.#line.stop();
  }

  /** The page is looked at again, or (`reconnect`) the network has changed: do not wait for a timer. */
  wake({ reconnect }: { reconnect: boolean }): void {
    this.#line.wake({ reconnect });
  }

  /** Tell the server which conversation is on the screen now. */
  watch(): void {
    const { conversation_id = null, after = 0 } = this.deps.watched() ?? {};
    this.#line.tell({ type: "watch", conversation_id, after });
  }

  /** Staff write; said at most every three seconds. */
  typing(conversation: string): void {
    if (Date.now() - this.#typedAt < TYPING_MS) return;
    this.#typedAt = Date.now();
    this.#line.tell({ type: "typing", conversation_id: conversation });
  }
}
