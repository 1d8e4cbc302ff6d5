/**
 * One calculation as the form shows it: which values have been asked for, what was written, and the result.
 *
 * The server says which value it needs next, so only what this case needs is asked. Nothing is kept outside the page.
 */
import { type DeepReadonly, reactive, readonly } from "vue";

import type { ApiClient } from "../api/client";
import { ApiError, sentence } from "../api/errors";
import { t } from "../texts";
import type { Calculator, CalculatorName, FieldSchema, Result, Values } from "./contract";
import { valueOf } from "./values";

export interface Trouble {
  text: string;
  /** The value it is about; null when it is about none. */
  field: string | null;
}

export interface CalculationView {
  calculators: readonly CalculatorName[] | null;
  chosen: Calculator | null;
  /** Values the server has asked for, in this order. */
  asked: readonly string[];
  /** What stands in the fields, by name. */
  written: Record<string, string>;
  result: Result | null;
  /** There has been a result: what is changed now is worked out anew. */
  again: boolean;
  busy: boolean;
  trouble: Trouble | null;
}

function nothingYet(): Omit<CalculationView, "calculators"> {
  return { chosen: null, asked: [], written: {}, result: null, again: false, busy: false, trouble: null };
}

export class Calculation {
  readonly #view: CalculationView = reactive({ calculators: null, ...nothingYet() });
  readonly view: DeepReadonly<CalculationView> = readonly(this.#view);

  /** What the server was told last. */
  #told: Values = {};
  /** Rises whenever the calculation is left, so that a late answer changes nothing. */
  #epoch = 0;

  constructor(
    private readonly api: Pick<ApiClient, "calculators" | "calculator" | "workOut">,
    /** Path of the unit whose rules count, if it is known. */
    private readonly org: () => string | null,
  ) {}

  /** Fetch what can be worked out, unless it is there. */
  async list(): Promise<void> {
    if (this.#view.calculators !== null) return;
    await this.#trying(async (current) => {
      const calculators = await this.api.calculators();
      if (current()) this.#view.calculators = calculators;
    });
  }

  /** Begin one calculation with nothing written. */
  async choose(name: string): Promise<void> {
    this.#begin(null);
    await this.#trying(async (current) => {
      const chosen = await this.api.calculator(name);
      if (!current()) return;
      this.#view.chosen = chosen;
      await this.#ask(chosen, {}, {}, current);
    });
  }

  write(field: string, text: string): void {
    this.#view.written[field] = text;
    if (this.#view.trouble?.field === field) this.#view.trouble = null;
  }

  /** Go on with what is written: to the next question or to the result. */
  async submit(): Promise<void> {
    const { chosen, busy } = this.#view;
    if (chosen === null || busy) return;
    const values = this.#read(chosen);
    if (values === null) return;
    await this.#trying((current) => this.#ask(chosen, values, this.#first(values), current));
  }

  /** Go back from the result to what was written. */
  change(): void {
    this.#view.result = null;
  }

  /** Forget what was written and begin the same calculation again. */
  async clear(): Promise<void> {
    const { chosen } = this.#view;
    if (chosen === null) return;
    this.#begin(chosen);
    await this.#trying((current) => this.#ask(chosen, {}, {}, current));
  }

  /** One step back: from the result to the form, from the form to the list; false from the list. */
  back(): boolean {
    if (this.#view.result !== null) this.change();
    else if (this.#view.chosen !== null) this.#begin(null);
    else return false;
    return true;
  }

  /** Forget everything that was written. */
  forget(): void {
    this.#begin(null);
  }

  #begin(chosen: Calculator | null): void {
    this.#epoch += 1;
    this.#told = {};
    Object.assign(this.#view, nothingYet(), { chosen });
  }

  /** The values written, by name; null when one of them cannot be told. */
  #read(chosen: Calculator): Values | null {
    const values: Values = {};
    for (const [field, { "x-kind": kind }] of inOrder(chosen, this.#view.asked)) {
      const value = valueOf(kind, this.#view.written[field] ?? "");
      const wrong = value === undefined ? t("calc.not_a_number") : value === null && this.#view.asked.includes(field) ? t("calc.blank") : null;
      if (wrong !== null) {
        this.#view.trouble = { text: wrong, field };
        return null;
      }
      if (value !== undefined && value !== null) values[field] = value;
    }
    return values;
  }

  /**
   * What is told at once: what nobody asked for, and the answers up to the first that is new. With another answer
   * there a later question may fall away, so the later answers are told only when they are asked for again.
   */
  #first(values: Values): Values {
    const { asked } = this.#view;
    const changed = asked.findIndex((field) => values[field] !== this.#told[field]);
    const later = changed < 0 ? [] : asked.slice(changed + 1);
    return Object.fromEntries(Object.entries(values).filter(([field]) => !later.includes(field)));
  }

  /** Tell the server `told` and, as it asks for them, more of `values`, until it asks for another or has the result. */
  async #ask({ name, schema }: Calculator, values: Values, told: Values, current: () => boolean): Promise<void> {
    const asked = this.#view.asked.filter((field) => field in told);
    for (;;) {
      try {
        const result = await this.api.workOut(name, told, this.org());
        if (current()) this.#goOn(asked, told, result);
        return;
      } catch (error) {
        if (!current()) return;
        const field = error instanceof ApiError && error.code === "value_missing" ? error.field : null;
        if (field === null || field in told || !(field in schema.properties)) throw error;
        asked.push(field);
        const value = values[field];
        if (value === undefined) {
          this.#goOn(asked, told, null);
          return;
        }
        told = { ...told, [field]: value };
      }
    }
  }

  #goOn(asked: string[], told: Values, result: Result | null): void {
    // A question that has fallen away takes its answer with it, which would else contradict the others.
    for (const field of this.#view.asked) if (!asked.includes(field)) this.#view.written[field] = "";
    this.#told = told;
    Object.assign(this.#view, { asked, result, again: this.#view.again || result !== null });
  }

  async #trying(work: (current: () => boolean) => Promise<void>): Promise<void> {
    const epoch = this.#epoch;
    const current = () => epoch === this.#epoch;
    Object.assign(this.#view, { busy: true, trouble: null });
    try {
      await work(current);
    } catch (error) {
      if (current()) this.#view.trouble = { text: sentence(error), field: this.#fieldOf(error) };
    } finally {
      if (current()) this.#view.busy = false;
    }
  }

  #fieldOf(error: unknown): string | null {
    const field = error instanceof ApiError ? error.field : null;
    return field !== null && field in (this.#view.chosen?.schema.properties ?? {}) ? field : null;
  }
}

/** The fields of a calculator by name: those `asked` in their order, then the others. */
export function inOrder(of: Calculator, asked: readonly string[]): [string, FieldSchema][] {
  const { properties } = of.schema;
  const others = Object.keys(properties).filter((field) => !asked.includes(field));
  return [...asked, ...others].flatMap((field) => {
    const schema = properties[field];
    return schema ? [[field, schema] as [string, FieldSchema]] : [];
  });
}
