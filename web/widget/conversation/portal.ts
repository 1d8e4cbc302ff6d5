/** The page around a framed chat: the portal, which opens and closes it and knows who is logged in. */
import { type ToChat, type ToPage, unwrap, wrap } from "../../embed/protocol";
import type { IdentitySource } from "./identity";

/** A page that has included the script says hello when the frame has loaded; one that has not never will. */
const HELLO_MS = 5000;
/** Whoever is not identified by then asks as a visitor for the time being. */
const IDENTITY_MS = 8000;

export interface PortalListener {
  /** The chat is looked at, or has been put away. */
  shown(shown: boolean): void;
  /** Somebody has logged in, or the portal has somebody else's token now. */
  identified(token: string | null): void;
  /** Whoever was logged in has logged out. */
  forgotten(): void;
}

export class Portal implements IdentitySource {
  /** Where the portal is, from its first word on; nothing from or to anywhere else counts. */
  #origin: string | null = null;
  #asked = 0;
  readonly #waiting = new Map<number, (token: string | null) => void>();
  #greeted: (() => void) | null = null;

  constructor(
    private readonly listener: PortalListener,
    private readonly parent: Window = window.parent,
  ) {}

  /** Listen; resolves when the portal has said hello, or when it is not going to. */
  async meet(): Promise<void> {
    window.addEventListener("message", this.#hear);
    await new Promise<void>((resolve) => {
      const greeted = () => {
        clearTimeout(timer);
        this.#greeted = null;
        resolve();
      };
      const timer = setTimeout(greeted, HELLO_MS);
      this.#greeted = greeted;
    });
  }

  leave(): void {
    window.removeEventListener("message", this.#hear);
  }

  /** Whether a portal is there; otherwise the frame was made by hand and nobody closes it. */
  get present(): boolean {
    return this.#origin !== null;
  }

  token({ fresh }: { fresh: boolean }): Promise<string | null> {
    if (!this.present) return Promise.resolve(null);
    const asked = ++this.#asked;
    return new Promise((resolve) => {
      const answer = (token: string | null) => {
        clearTimeout(timer);
        this.#waiting.delete(asked);
        resolve(token);
      };
      const timer = setTimeout(() => answer(null), IDENTITY_MS);
      this.#waiting.set(asked, answer);
      this.tell({ type: "identity_wanted", asked, fresh });
    });
  }

  tell(message: ToPage): void {
    if (this.#origin !== null) this.parent.postMessage(wrap(message), this.#origin);
  }

  readonly #hear = ({ source, origin, data }: MessageEvent<unknown>): void => {
    if (source !== this.parent || (this.#origin !== null && origin !== this.#origin)) return;
    const message = unwrap(data) as ToChat | null;
    if (message === null || (message.type !== "hello" && !this.present)) return;
    switch (message.type) {
      case "hello":
        this.#origin = origin;
        this.tell({ type: "ready" });
        if (message.forget) this.listener.forgotten();
        this.listener.shown(message.shown);
        if (this.#greeted) this.#greeted();
        else void this.token({ fresh: false }).then((token) => this.listener.identified(token)); // late, but there
        break;
      case "shown":
        this.listener.shown(message.shown);
        break;
      case "identity":
        this.#identity(message.token, message.asked);
        break;
      case "forget":
        this.listener.forgotten();
    }
  };

  /** An answer goes to who asked; one that comes too late counts as news. */
  #identity(token: string | null, asked: number | null): void {
    const answer = asked === null ? undefined : this.#waiting.get(asked);
    if (answer) answer(token);
    else this.listener.identified(token);
  }
}
