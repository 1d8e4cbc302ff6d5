/**
 * The live feed of one conversation.
 *
 * `after` is the last seq received *here*, in order; messages learnt elsewhere (the answer to a send) do not
 * move it, so that a reconnect can never skip one.
 */
import type { Frame, News, Told } from "../contract";
import { ApiError } from "./errors";
import { Line, type LineDeps } from "./line";

export type { LineState as FeedState } from "./line";

/** `onLost`: the server no longer knows the token or the conversation; the feed has stopped. */
export interface FeedDeps extends Pick<LineDeps<Frame>, "onFrame" | "onState" | "onLost" | "random"> {
  open: (after: number) => WebSocket;
  poll: (after: number) => Promise<News>;
}

/** Close codes of the contract: token invalid, conversation unknown. (4408, too slow, is simply reconnected.) */
const LOST_CODES = [4401, 4404];
const POLL_MS = 4000;

export class Feed {
  readonly #line: Line<Frame>;
  #after = 0;

  constructor(deps: FeedDeps) {
    this.#line = new Line<Frame>({
      ...deps,
      open: () => deps.open(this.#after),
      poll: async () => frames(await deps.poll(this.#after)),
      pollEvery: POLL_MS,
      lostCodes: LOST_CODES,
      isLost: (error) => error instanceof ApiError && error.lost,
      onFrame: (frame) => {
        if (frame.type === "message") this.#after = Math.max(this.#after, frame.message.seq);
        deps.onFrame(frame);
      },
    });
  }

  /** Start after seq `after`; with `catchUp` fetch what is there before opening the stream. */
  start(after: number, { catchUp }: { catchUp: boolean }): void {
    this.#after = after;
    this.#line.start({ catchUp });
  }

  stop(): void {
    this.#line.stop();
  }

  /** Say something small that may be lost; false when there is no stream to say it by. */
  tell(told: Told): boolean {
    return this.#line.tell(told);
  }

  /** The page is looked at again, or (`reconnect`) the network has changed: do not wait for a timer. */
  wake({ reconnect }: { reconnect: boolean }): void {
    this.#line.wake({ reconnect });
  }
}

/** The frames by which the stream would have told the news. */
function frames({ messages, ...standing }: News): Frame[] {
  return [...messages.map((message) => ({ type: "message" as const, message })), { type: "state", ...standing }];
}
