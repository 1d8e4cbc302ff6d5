/** Who is asking now, what this browser keeps for them, and opening a conversation in their name. */
import type { ApiClient } from "../api/client";
import { ApiError } from "../api/errors";
import type { History } from "../contract";
import { type Box, memoryBox, partOf } from "./box";
import { type IdentitySource, visitor, type Who, whoIs } from "./identity";
import { Memory } from "./memory";
import { type Opened, openFor } from "./opening";

export interface AskerDeps {
  api: ApiClient;
  box: Box;
  /** Texts not sent yet, which last no longer than this tab. */
  drafts?: Box;
  /** Around a framed chat: the portal, which knows who is logged in. */
  portal?: IdentitySource;
  /** On a page of its own: the login in WeChat Work, where it is opened in there. */
  login?: IdentitySource;
}

const NOBODY: IdentitySource = { token: () => Promise.resolve(null) };

export class Asker {
  readonly #framed: boolean;
  readonly #identity: IdentitySource;
  #who: Who;
  #memory: Memory;
  readonly #drafts: Box;

  constructor(private readonly deps: AskerDeps) {
    this.#framed = deps.portal !== undefined;
    this.#identity = deps.portal ?? deps.login ?? NOBODY;
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

  /** Somebody the portal or a login names, and not a visitor. */
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

  /** Go on as whom `token` names, null for nobody; true when that is somebody else than before. */
  identify(token: string | null): boolean {
    return this.become(token === null ? visitor({ framed: this.#framed }) : whoIs(token));
  }

  /** Forget what frames of this browser have kept for others than who is asking. */
  forgetOthers(): void {
    for (const box of [this.deps.box, this.#drafts]) new Memory(box, this.#who.place).forgetOthers();
  }

  /** Open a conversation; null when the server does not take the word given for who is asking. */
  open(org: string | null): Promise<Opened | null> {
    const { api } = this.deps;
    const opening = { channel: this.#framed ? "widget" : "web", org: this.named ? null : org } as const;
    return openFor(this.#who, opening, { api, identity: this.#identity });
  }

  /** A page of what the person has said in other conversations; null when nobody is named any more. */
  async earlier(place: { before: string | null; beside: string }): Promise<History | null> {
    const { token, place: whose } = this.#who;
    if (token === null) return null;
    try {
      return await this.deps.api.history(token, place);
    } catch (error) {
      if (!(error instanceof ApiError && error.unidentified)) throw error;
    }
    const fresh = await this.#identity.token({ fresh: true });
    if (fresh === null || fresh === token || whoIs(fresh).place !== whose) return null;
    this.#who = whoIs(fresh);
    return this.deps.api.history(fresh, place);
  }
}
