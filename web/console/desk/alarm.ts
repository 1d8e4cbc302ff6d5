/** Calls for attention: the document's title, and a bell while something urgent waits to be claimed. */
import type { Bell } from "./bell";

export interface AlarmDeps {
  bell: Pick<Bell, "ring">;
  setTitle: (title: string) => void;
  /** The title in peace; `waiting` conversations wait for somebody. */
  title: (waiting: number) => string;
  urgentTitle: (urgent: number) => string;
}

const FLASH_MS = 1000;
/** The bell rings again every so many flashes. */
const RING_EVERY = 6;

export class Alarm {
  #urgent = new Set<string>();
  #waiting = 0;
  #beat = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly deps: AlarmDeps) {}

  /** What waits now: the ids of urgent handovers nobody has claimed, and how many wait in all. */
  update(urgent: readonly string[], waiting: number): void {
    const fresh = urgent.some((id) => !this.#urgent.has(id));
    this.#urgent = new Set(urgent);
    this.#waiting = waiting;
    if (fresh) this.#start();
    else if (urgent.length === 0) this.stop();
    if (!this.#timer) this.deps.setTitle(this.deps.title(waiting));
  }

  /** Peace: nothing urgent waits, or nobody is logged in. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#urgent = new Set();
    this.deps.setTitle(this.deps.title(this.#waiting));
  }

  #start(): void {
    clearInterval(this.#timer);
    this.#beat = 0;
    this.#flash();
    this.#timer = setInterval(() => this.#flash(), FLASH_MS);
  }

  #flash(): void {
    if (this.#beat % RING_EVERY === 0) this.deps.bell.ring();
    const loud = this.#beat % 2 === 0;
    this.deps.setTitle(loud ? this.deps.urgentTitle(this.#urgent.size) : this.deps.title(this.#waiting));
    this.#beat += 1;
  }
}
