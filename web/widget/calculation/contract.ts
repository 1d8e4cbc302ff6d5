/** The parts of the HTTP contract that the calculators use (`/api/v1/entitlements`), as the server sends them. */
import type { Citation } from "../contract";

export type Kind = "date" | "years" | "months" | "days" | "hours" | "money" | "count" | "percent" | "choice" | "yes_no" | "place";

export interface CalculatorName {
  name: string;
  title: string;
  topic: string;
}

/** One value a calculator takes, as JSON schema. */
export interface FieldSchema {
  title: string;
  /** The question, with examples. */
  description: string;
  "x-kind": Kind;
  "x-unit"?: string;
  /** What can be chosen. */
  oneOf?: readonly { const: string; title: string }[];
  /** The earliest and the latest date, both plain. */
  formatMinimum?: string;
  formatMaximum?: string;
}

export interface Calculator {
  name: string;
  title: string;
  schema: { properties: Record<string, FieldSchema> };
}

export type Value = string | number | boolean;
export type Values = Record<string, Value>;

export interface Step {
  text: string;
  citations: readonly Citation[];
}

/** A dated value the result rests on. */
export interface UsedParameter {
  id: string;
  title: string;
  place: string | null;
  law: string;
  article: string | null;
  effective_from: string;
  effective_to: string | null;
}

export interface Result {
  name: string;
  title: string;
  /** Plain date: the day whose rules count. */
  on: string;
  headline: string;
  steps: readonly Step[];
  assumed: readonly string[];
  changes: readonly string[];
  checks: readonly string[];
  parameters: readonly UsedParameter[];
}
