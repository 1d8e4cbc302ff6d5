/** Who is asking now, what this browser keeps for them, and opening a conversation in their name. */
import type { ApiClient } from "../api/client";
import type { Box } from "./box";
import { type IdentitySource, visitor, type Who } from "./identity";
import { Memory } from "./memory";
import { type Opened, openFor } from "./opening";

export interface AskerDeps {
  api: ApiClient;
  box: Box;
  /** Around a framed chat: the portal, which knows who is logged in. */
  portal?: IdentitySource;
}

const NOBODY: IdentitySource = { token: () => Promise.resolve(null) };

export class Asker {
  readonly #framed: boolean;
  #who: Who;
  #memory: Memory;

  constructor(private readonly deps: AskerDeps) {
    this.#framed = deps.portal !== undefined;
    this.#who = visitor({ framed: this.#framed });
    this.#memory = new Memory(deps.box, this.#who.place);
  }

  get memory(): Memory {
    return this.#memory;
  }

  /** Somebody the portal names, and not a visitor. */
  get named(): boolean {
    return this.#who.token !== null;
  }

  /** Go on as `who`; true when that is somebody else than before. */
  become(who: Who): boolean {
    const another = who.place !== this.#who.place;
    this.#who = who;
    if (another) this.#memory = new Memory(this.deps.box, who.place);
    return another;
  }

  becomeVisitor(): void {
    this.become(visitor({ framed: this.#framed }));
  }

  /** Forget what frames of this browser have kept for people. */
  forgetPeople(): void {
    new Memory(this.deps.box, visitor({ framed: this.#framed }).place).forgetOthers();
  }

  /** Open a conversation; null when the server does not take the portal's word for who is asking. */
  open(org: string | null): Promise<Opened | null> {
    const { api, portal = NOBODY } = this.deps;
    const opening = { channel: this.#framed ? "widget" : "web", org: this.named ? null : org } as const;
    return openFor(this.#who, opening, { api, identity: portal });
  }
}
