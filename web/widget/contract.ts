/** The parts of the HTTP contract (`/api/v1`) that the chat uses, as the server sends them. */

export type Sender = "employee" | "bot" | "staff" | "system";
export type Decision = "answer" | "clarify" | "refuse" | "handover" | "flow";
export type ChatState = "bot" | "queued" | "staff" | "closed";

export interface Citation {
  source_id: string;
  title: string;
  /** Official name of the law; null when the source is a card. */
  law: string | null;
  /** The article as printed, such as 第三条. */
  article: string | null;
  quote?: string | null;
  effective_from: string | null;
  effective_to?: string | null;
  url?: string | null;
}

export interface Option {
  id: string;
  title: string;
}

/** Who is asking, as far as the server knows. */
export interface Person {
  known: boolean;
  name: string | null;
}

/** Where the conversation stands with the people of the union; there is one whenever a person has been called. */
export interface Queue {
  /** From 1; null when nobody is in line, because the bot goes on until somebody comes. */
  position: number | null;
  /** RFC 3339, UTC. */
  expected_at: string | null;
  urgent: boolean;
}

/** A picture or paper that an employee sent. */
export interface Attachment {
  id: string;
  name: string;
  media_type: string;
  /** In bytes. */
  size: number;
}

export interface Message {
  id: string;
  /** Rises strictly within a conversation. */
  seq: number;
  conversation_id: string;
  sender: Sender;
  /** Of staff: name and union. */
  sender_name: string | null;
  /** Plain for an employee, CommonMark without HTML and images for everybody else. */
  text: string;
  intent: string | null;
  decision: Decision | null;
  confidence: number | null;
  citations: Citation[];
  options: Option[];
  attachments: Attachment[];
  /** RFC 3339, UTC. */
  at: string;
}

/** A message of another conversation of the person. */
export interface EarlierMessage extends Message {
  /** Where that conversation began: `web`, `widget`, `wecom_bot`, `wecom_app`. */
  channel: string;
}

/** A page of what was said, the newest first. */
export interface History {
  messages: EarlierMessage[];
  /** Whether there are older ones. */
  more: boolean;
}

export interface NewConversation {
  id: string;
  token: string;
  state: ChatState;
  org: string | null;
  person: Person;
  messages: Message[];
}

/** Whose turn it is to speak. */
export interface Standing {
  state: ChatState;
  queue: Queue | null;
  /** Name and union of who has taken the conversation. */
  staff_name: string | null;
}

export interface ConversationStatus extends Standing {
  id: string;
  org: string | null;
  person: Person;
}

export interface News extends Standing {
  messages: Message[];
}

/** What was handed in before goes along by its ids, with a text or alone. */
export type Sending =
  | { client_id: string; text: string; attachments?: string[] }
  | { client_id: string; attachments: string[] }
  | { client_id: string; option: string };

export interface SendAnswer {
  accepted: Message;
  messages: Message[];
  state: ChatState;
  /** True when the bot's answer will arrive by the stream. */
  pending: boolean;
}

export interface Source {
  source_id: string;
  kind: "card" | "article";
  title: string;
  /** CommonMark; null for an article whose text has not been imported. */
  text: string | null;
  topic: string | null;
  /** `national`, or the path of the organisation whose rule it is. */
  scope: string | null;
  law: string | null;
  article: string | null;
  citations: Citation[];
  cited_by: Citation[];
  effective_from: string | null;
  effective_to: string | null;
  reviewed_on: string | null;
  owner: string | null;
  sample: boolean;
  verified: boolean;
}

export interface Organisation {
  path: string;
  name: string;
}

export const FEEDBACK_REASONS = ["wrong", "outdated", "unclear", "not_my_question", "other"] as const;
export type FeedbackReason = (typeof FEEDBACK_REASONS)[number];
export type Rating = "up" | "down";

export interface Feedback {
  rating: Rating;
  reason?: FeedbackReason;
  comment?: string;
}

export interface ErrorBody {
  code: string;
  detail: string;
  request_id: string;
  /** The value of a calculator that the error is about. */
  field?: string;
}

export type Frame =
  | { type: "message"; message: Message }
  | ({ type: "state" } & Standing)
  | { type: "typing"; by: Sender }
  | { type: "error"; code: string; detail: string }
  | { type: "ping" };

/** What the page tells the server by the stream. */
export type Told = { type: "typing" } | { type: "read"; seq: number };

/** Longest text the server takes, in Unicode code points. */
export const TEXT_LIMIT = 2000;
