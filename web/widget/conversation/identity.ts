/** Who is asking: a visitor, or the person whom the token of the portal or of a login names. */

/** Who can be asked for a person's token: the page around the chat, or the login. */
export interface IdentitySource {
  /** The token of who is logged in, null for nobody; `fresh` when the last one was not taken. */
  token(options: { fresh: boolean }): Promise<string | null>;
}

export interface Who {
  /** The part of the browser's storage that is theirs, so that nobody continues another's conversation. */
  place: string;
  token: string | null;
}

/** Where a visitor's conversation on the chat's own page is kept; what frames keep stands apart from it. */
export const PAGE_PLACE = "";
const FRAME_PLACE = "frame:";

export function visitor({ framed }: { framed: boolean }): Who {
  return { place: framed ? FRAME_PLACE : PAGE_PLACE, token: null };
}

/** Whom a token names. It is not checked here; the server does, this only tells people apart. */
export function whoIs(token: string): Who {
  return { place: `${digest(subject(token))}:`, token };
}

/** The token's `sub`; of something that is no token the whole, which the server will refuse. */
function subject(token: string): string {
  try {
    const payload = (token.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
    const claims = JSON.parse(atob(payload)) as { sub?: unknown };
    return typeof claims.sub === "string" ? claims.sub : token;
  } catch {
    return token;
  }
}

/**
 * 53 bits of `text` (cyrb53), so that the storage does not show an employee number to whoever looks into it.
 * Not a secret: crypto.subtle would be missing on plain-http intranet pages, and nothing here rests on it.
 */
function digest(text: string): string {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36);
}
