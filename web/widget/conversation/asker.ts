/** Who is asking now, what this browser keeps for them, and opening a conversation in their name. */
import type { ApiClient } from "../api/client";
import { type Box, memoryBox, partOf } from "./box";
import { type IdentitySource, visitor, type Who } from "./identity";
import { Memory } from "./memory";
import { type Opened, openFor } from "./opening";

export interface AskerDeps {
  api: ApiClient;
  box: Box;
  /** Texts not sent yet, which last no longer than this tab. */
  drafts?: Box;
  /** Around a framed chat: the portal, which knows who is logged in. */
  portal?: IdentitySource;
}

const NOBODY: IdentitySource = { token: () => Promise.resolve(null) };

export class Asker {
  readonly #framed: boolean;
  #who: Who;
  #memory: Memory;
  readonly #drafts: Box;

  constructor(private readonly deps: AskerDeps) {
    this.#framed = deps.portal !== undefined;
    this.#who = visitor({ framed: this.#framed });
    this.#memory = new Memory(deps.box, this.#who.place);
    this.#drafts = deps.drafts ?? memoryBox();
  }

  get memory(): Memory {
    return this.#memory;
  }

  /** Where the text being written is kept; each person has a place of their own. */
  get drafts(): Box {
    return partOf(this.#drafts, this.#who.place);
  }

  /** Somebody the portal names, and not a visitor. */
  get named(): boolean {
    return this.#who.token !== null;
  }

  /** Go on as `who`; true when that is somebody else than before. */
  become(who: Who): boolean {
    const { named, drafts } = this;
    const another = who.place !== this.#who.place;
    this.#who = who;
    if (!another) return false;
    this.#memory = new Memory(this.deps.box, who.place);
    // Whoever signs in while writing goes on writing.
    if (!named) for (const key of drafts.keys()) this.drafts.set(key, drafts.get(key) ?? "");
    return true;
  }

  becomeVisitor(): void {
    this.become(visitor({ framed: this.#framed }));
  }

  /** Forget what frames of this browser have kept for others than who is asking. */
  forgetOthers(): void {
    for (const box of [this.deps.box, this.#drafts]) new Memory(box, this.#who.place).forgetOthers();
  }

  /** Open a conversation; null when the server does not take the portal's word for who is asking. */
  open(org: string | null): Promise<Opened | null> {
    const { api, portal = NOBODY } = this.deps;
    const opening = { channel: this.#framed ? "widget" : "web", org: this.named ? null : org } as const;
    return openFor(this.#who, opening, { api, identity: portal });
  }
}
