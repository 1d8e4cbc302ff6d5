/** From messages and unsent messages to what the log shows, in order. */
import type { ChatState, Message } from "../contract";
import { dayOf } from "../text/time";
import type { Unsent } from "./outbox";

/** Return `known` with `incoming` merged in: one per id, the newer copy winning, ordered by seq. */
export function merge(known: readonly Message[], incoming: readonly Message[]): Message[] {
  const byId = new Map(known.map((message) => [message.id, message]));
  for (const message of incoming) byId.set(message.id, message);
  return [...byId.values()].sort((a, b) => a.seq - b.seq);
}

/** How many messages to the employee have not been on the screen since `seen`. */
export function unread(messages: readonly Message[], seen: number): number {
  return messages.filter(({ sender, seq }) => sender !== "employee" && seq > seen).length;
}

/**
 * The unsent messages that have to be shown. The stream usually brings a message back before the send is
 * answered, without its client_id; since only one is on its way at a time, the first employee message after it
 * was tried is taken to be it, and its own bubble is left out until the answer settles the matter.
 */
export function visibleUnsent(messages: readonly Message[], unsent: readonly Unsent[]): Unsent[] {
  return unsent.filter((item) => {
    const { afterSeq } = item;
    if (afterSeq === null || item.status === "refused") return true;
    return !messages.some((message) => message.sender === "employee" && message.seq > afterSeq);
  });
}

export type Entry =
  | { kind: "day"; key: string; at: string }
  | { kind: "message"; key: string; message: Message; /** Options of a message the talk has moved on from are closed. */ open: boolean; chosen: string | null }
  | { kind: "unsent"; key: string; item: Unsent };

/** Everything the log shows: day separators, messages, and what is still on its way; `owner` has the word. */
export function entries(messages: readonly Message[], unsent: readonly Unsent[], owner: ChatState): Entry[] {
  const waiting = visibleUnsent(messages, unsent);
  const lastEmployee = messages.map((message) => message.sender).lastIndexOf("employee");
  const answered = waiting.some((item) => item.status !== "refused");
  const wayOut = owner === "queued" ? messages.filter(leadsOut).at(-1) : null;
  // Nobody takes options where people talk, or after the end.
  const settled = owner === "staff" || owner === "closed";
  const list: Entry[] = [];
  let day = "";
  messages.forEach((message, index) => {
    const today = dayOf(message.at);
    if (today !== day) list.push({ kind: "day", key: `day-${today}`, at: message.at });
    day = today;
    const chosen = message === wayOut ? taken(message, waiting) : reply(messages, index, waiting);
    // Whoever waits for a person may write on, and can still stop waiting.
    const open = message === wayOut ? chosen === null : index > lastEmployee && !answered && !settled;
    list.push({ kind: "message", key: message.id, message, open, chosen: open ? null : chosen });
  });
  for (const item of waiting) list.push({ kind: "unsent", key: item.clientId, item });
  return list;
}

/** What the employee said next after the message at `index`; the option with this title was the choice. */
function reply(messages: readonly Message[], index: number, waiting: readonly Unsent[]): string | null {
  const next = messages.slice(index + 1).find((message) => message.sender === "employee");
  if (next) return next.text;
  return waiting[0] ? words(waiting[0]) : null;
}

/** Whether this says that the employee waits for a person, and offers not to. */
function leadsOut({ sender, decision, options }: Message): boolean {
  return options.length > 0 && (sender === "system" || decision === "handover");
}

/** The option of `message` that is on its way to the server. */
function taken({ options }: Message, waiting: readonly Unsent[]): string | null {
  return waiting.map(words).find((said) => options.some(({ title }) => title === said)) ?? null;
}

function words({ body }: Unsent): string {
  return "text" in body ? body.text : body.title;
}
