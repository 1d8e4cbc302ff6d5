/** What the browser remembers of a conversation so that closing the tab and returning continues it. */
import type { Rating } from "../contract";
import { type Box, partOf, readJson } from "./box";
import { PAGE_PLACE } from "./identity";

const CONVERSATION = "ua.conversation";
const PREFIX = "ua.";

export interface Kept {
  id: string;
  token: string;
  /** The branch a visitor chose, or the person's own; null when none. */
  org: string | null;
  ratings: Record<string, Rating>;
  /** The last message that has been on the screen. */
  seen: number;
}

export class Memory {
  /** The part of the storage that belongs to this person or to visitors. */
  readonly box: Box;

  constructor(
    private readonly whole: Box,
    private readonly place: string = PAGE_PLACE,
  ) {
    this.box = partOf(whole, place);
  }

  load(): Kept | null {
    const kept = readJson(this.box, CONVERSATION) as Partial<Kept> | null;
    if (typeof kept?.id !== "string" || typeof kept.token !== "string") return null;
    return { id: kept.id, token: kept.token, org: kept.org ?? null, ratings: kept.ratings ?? {}, seen: kept.seen ?? 0 };
  }

  save(kept: Kept): void {
    this.box.set(CONVERSATION, JSON.stringify(kept));
  }

  /** Remove everything the chat has ever written here, unsent messages included. */
  forget(): void {
    for (const key of this.box.keys()) if (key.startsWith(PREFIX)) this.box.remove(key);
  }

  /** Remove what frames have kept for anybody else. What visitors keep on the chat's own page is not theirs. */
  forgetOthers(): void {
    for (const key of framed(this.whole)) if (!key.startsWith(`${this.place}${PREFIX}`)) this.whole.remove(key);
  }

  /** Call `changed` when another tab of this browser starts or clears a conversation; returns the way to stop. */
  watch(changed: () => void): () => void {
    const listen = (event: StorageEvent) => {
      if (event.key === this.place + CONVERSATION || event.key === null) changed();
    };
    window.addEventListener("storage", listen);
    return () => {
      window.removeEventListener("storage", listen);
    };
  }
}

/** Whether a frame has kept a conversation here, whoever's it is. */
export function anyFramed(box: Box): boolean {
  return framed(box).some((key) => key.endsWith(CONVERSATION));
}

function framed(box: Box): string[] {
  return box.keys().filter((key) => /^[\w]+:ua\./.test(key));
}
