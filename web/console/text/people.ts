/** Words for who somebody is and how sure the assistant was. */
import type { Message, Person } from "../api/types";
import { t } from "../texts";

export function personName(person: Person): string {
  return person.name ?? t(person.known ? "person.unnamed" : "person.visitor");
}

const CHANNELS = ["web", "widget", "terminal", "wecom_bot", "wecom_app", "wecom_group"] as const;

/** Where somebody writes from, in words. */
export function channelName(channel: string): string {
  const known = CHANNELS.find((each) => each === channel);
  return known ? t(`channel.${known}`) : channel;
}

const SURE = 0.8;
const FAIRLY = 0.6;
const HARDLY = 0.4;

/** What the assistant decided on a question, and how sure it was; null where no question was decided. */
export function judgement({ decision, confidence }: Pick<Message, "decision" | "confidence">): string | null {
  if (decision === null || decision === "flow" || decision === "handover") return null;
  const words = t(`decision.${decision}`);
  if (confidence === null) return words;
  const level = confidence >= SURE ? "sure" : confidence >= FAIRLY ? "fairly" : confidence >= HARDLY ? "hardly" : "unsure";
  return t("decision.with_confidence", { decision: words, level: t(`confidence.${level}`), percent: Math.round(confidence * 100) });
}
