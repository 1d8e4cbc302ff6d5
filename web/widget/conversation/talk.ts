/** One open conversation: its stream, what is unsent in it, and what both tell the view. */
import type { ApiClient, Ticket } from "../api/client";
import { ApiError } from "../api/errors";
import { Feed } from "../api/feed";
import type { Frame, Message, SendAnswer, Standing } from "../contract";
import type { Box } from "./box";
import { type Body, Outbox } from "./outbox";
import type { Signs } from "./signs";
import { merge } from "./timeline";
import type { ChatView } from "./view";

export interface TalkDeps {
  api: ApiClient;
  ticket: Ticket;
  box: Box;
  view: ChatView;
  signs: Signs;
  openSocket: (address: string, protocols: string[]) => WebSocket;
  /** The stream is there again after it was not. */
  onBack: () => void;
  /** The server has taken a message. */
  onTaken: () => void;
  /** The server no longer knows the conversation. */
  onLost: () => void;
}

/** Staff are told at most so often that the employee is writing. */
const TYPING_EVERY_MS = 3000;

export class Talk {
  readonly #feed: Feed;
  readonly #outbox: Outbox;
  #typedAt = -TYPING_EVERY_MS;
  /** Last message the server was told to have been read; null when the telling may have been lost. */
  #told: number | null = 0;

  constructor(private readonly deps: TalkDeps) {
    const { api, ticket, box, view, signs } = deps;
    this.#outbox = new Outbox({
      box,
      conversation: ticket.id,
      send: (body) => {
        if (view.owner === "bot") signs.typing("bot");
        return api.send(ticket, body);
      },
      lastSeq: () => lastSeq(view.messages),
      onChange: (items) => {
        view.unsent = items;
      },
      onSent: (answer) => this.#sent(answer),
      onTrouble: (error) => {
        signs.typing(null);
        signs.connection({ busy: error instanceof ApiError });
      },
      onLost: () => deps.onLost(),
    });
    this.#feed = new Feed({
      open: (after) => {
        const { address, protocols } = api.stream(ticket, after);
        return deps.openSocket(address, protocols);
      },
      poll: (after) => api.messages(ticket, after),
      onFrame: (frame) => this.#take(frame),
      onState: (state) => {
        if (!signs.connection({ feed: state }).cameBack) return;
        this.#outbox.wake();
        this.#told = null;
        this.#tellRead();
        deps.onBack();
      },
      onLost: () => deps.onLost(),
    });
  }

  /** Follow the conversation from the messages in the view on, and send what has waited. */
  start(): void {
    const { messages } = this.deps.view;
    this.#feed.start(lastSeq(messages), { catchUp: messages.length === 0 });
    void this.#outbox.flush();
  }

  stop(): void {
    this.#feed.stop();
    this.#outbox.stop();
  }

  wake({ reconnect }: { reconnect: boolean }): void {
    this.#feed.wake({ reconnect });
    this.#outbox.wake();
  }

  say(body: Body): void {
    this.#outbox.add(body);
  }

  retry(clientId: string): void {
    this.#outbox.retry(clientId);
  }

  discard(clientId: string): void {
    this.#outbox.discard(clientId);
  }

  /** Texts the server has not confirmed; `uncertain` ones it may have all the same. What was attached is of this conversation. */
  undelivered(): { text: string; uncertain: boolean }[] {
    return this.#outbox.items.flatMap(({ body, uncertain }) => ("text" in body && body.text !== "" ? [{ text: body.text, uncertain }] : []));
  }

  /** The employee is writing, which somebody waits for only where people talk. */
  typing(): void {
    const { owner } = this.deps.view;
    if (owner !== "queued" && owner !== "staff") return;
    const now = Date.now();
    if (now - this.#typedAt < TYPING_EVERY_MS) return;
    if (this.#feed.tell({ type: "typing" })) this.#typedAt = now;
  }

  /** The view's `seen` has risen. */
  read(): void {
    this.#tellRead();
  }

  #tellRead(): void {
    const { seen } = this.deps.view;
    if (seen <= (this.#told ?? 0)) return;
    this.#told = this.#feed.tell({ type: "read", seq: seen }) ? seen : null;
  }

  #sent({ accepted, messages, state, pending }: SendAnswer): void {
    const { view, signs } = this.deps;
    view.messages = merge(view.messages, [accepted, ...messages]);
    view.owner = state;
    signs.connection({ busy: false });
    const answered = view.messages.some((message) => message.sender !== "employee" && message.seq > accepted.seq);
    signs.typing(pending && !answered ? "bot" : null);
    this.deps.onTaken();
  }

  #take(frame: Frame): void {
    const { view, signs } = this.deps;
    switch (frame.type) {
      case "message":
        view.messages = merge(view.messages, [frame.message]);
        if (frame.message.sender !== "employee") signs.typing(null);
        break;
      case "state":
        show(view, frame);
        break;
      case "typing":
        signs.typing(frame.by);
        break;
      case "error":
        view.notice = frame.detail;
        break;
      case "ping":
    }
  }
}

/** Show how the conversation stands. */
export function show(view: ChatView, { state, queue, staff_name }: Standing): void {
  Object.assign(view, { owner: state, queue, staffName: staff_name });
}

function lastSeq(messages: readonly Pick<Message, "seq">[]): number {
  return messages.at(-1)?.seq ?? 0;
}
