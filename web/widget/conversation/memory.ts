/** What the browser remembers of a conversation so that closing the tab and returning continues it. */
import type { Rating } from "../contract";
import { type Box, readJson } from "./box";

const CONVERSATION = "ua.conversation";
const PREFIX = "ua.";

export interface Kept {
  id: string;
  token: string;
  /** The branch a visitor chose; null when none. */
  org: string | null;
  ratings: Record<string, Rating>;
}

export class Memory {
  constructor(private readonly box: Box) {}

  load(): Kept | null {
    const kept = readJson(this.box, CONVERSATION) as Partial<Kept> | null;
    if (typeof kept?.id !== "string" || typeof kept.token !== "string") return null;
    return { id: kept.id, token: kept.token, org: kept.org ?? null, ratings: kept.ratings ?? {} };
  }

  save(kept: Kept): void {
    this.box.set(CONVERSATION, JSON.stringify(kept));
  }

  /** Remove everything the chat has ever written here, unsent messages included. */
  forget(): void {
    for (const key of this.box.keys()) if (key.startsWith(PREFIX)) this.box.remove(key);
  }

  /** Call `changed` when another tab of this browser starts or clears a conversation; returns the way to stop. */
  watch(changed: () => void): () => void {
    const listen = (event: StorageEvent) => {
      if (event.key === CONVERSATION || event.key === null) changed();
    };
    window.addEventListener("storage", listen);
    return () => {
      window.removeEventListener("storage", listen);
    };
  }
}
