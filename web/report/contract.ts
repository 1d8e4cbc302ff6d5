/** The parts of the HTTP contract that the report page uses, as the server sends them. */

export const KINDS = ["rights", "harassment", "safety", "union_work", "other"] as const;
export type Kind = (typeof KINDS)[number];

export interface NewReport {
  about: Kind;
  text: string;
  org?: string;
}

export interface Receipt {
  /** Shown once; whoever has it can read the report and the answers. */
  code: string;
  /** A plain date: the time of day is kept nowhere. */
  received_on: string;
}

export interface Reply {
  by: "union" | "reporter";
  text: string;
  on: string;
}

export interface Report {
  about: Kind;
  org_name: string | null;
  received_on: string;
  state: "received" | "in_progress" | "closed";
  text: string;
  replies: Reply[];
}
