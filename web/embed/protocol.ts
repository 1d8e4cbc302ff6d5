/**
 * What the portal's page and the framed chat say to each other, by postMessage.
 *
 * The page speaks first, with the chat's exact origin; the chat answers only its parent, at the origin the first
 * word came from. So neither ever says anything to `*`.
 */

/** From the portal's page to the chat. */
export type ToChat =
  /** The first word; `forget`: who was logged in has logged out. */
  | { type: "hello"; shown: boolean; forget: boolean }
  | { type: "shown"; shown: boolean }
  /** A token of who is logged in, null for nobody; `asked` is the number of the question, null when unasked. */
  | { type: "identity"; token: string | null; asked: number | null }
  | { type: "forget" };

/** From the chat to the portal's page. */
export type ToPage =
  | { type: "ready" }
  /** `fresh`: the token given before is no longer taken. */
  | { type: "identity_wanted"; asked: number; fresh: boolean }
  | { type: "unread"; count: number }
  | { type: "close" };

const APP = "union-assistant";

interface Envelope<M> {
  app: typeof APP;
  message: M;
}

export function wrap<M extends ToChat | ToPage>(message: M): Envelope<M> {
  return { app: APP, message };
}

/** The message in what arrived; null for everything else that windows say to each other. */
export function unwrap(data: unknown): ToChat | ToPage | null {
  const envelope = data as Partial<Envelope<ToChat | ToPage>> | null;
  return typeof envelope === "object" && envelope?.app === APP ? (envelope.message ?? null) : null;
}
