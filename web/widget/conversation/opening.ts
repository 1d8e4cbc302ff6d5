/** Opening a conversation for who is asking, with one more try when the portal's token is not taken. */
import type { ApiClient, Opening } from "../api/client";
import { ApiError } from "../api/errors";
import type { NewConversation } from "../contract";
import { type IdentitySource, type Who, whoIs } from "./identity";

export interface Opened {
  created: NewConversation;
  /** Whose it is: a fresh token may name somebody else than the first. */
  who: Who;
}

/** Open a conversation for `who`; null when the server does not take their identity, a fresh token included. */
export async function openFor(
  who: Who,
  opening: Opening,
  { api, identity }: { api: ApiClient; identity: IdentitySource },
): Promise<Opened | null> {
  const first = await attempt(who, opening, api);
  if (first !== null) return first;
  const fresh = await identity.token({ fresh: true });
  return fresh === null || fresh === who.token ? null : attempt(whoIs(fresh), opening, api);
}

async function attempt(who: Who, opening: Opening, api: ApiClient): Promise<Opened | null> {
  try {
    return { created: await api.createConversation(opening, who.token), who };
  } catch (error) {
    if (who.token !== null && error instanceof ApiError && error.unidentified) return null;
    throw error;
  }
}
