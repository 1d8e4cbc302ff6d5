/**
 * The bell for urgent conversations. Browsers play nothing before the person has touched the page, so it is got
 * ready at the first touch or key, and says until then that it is silent.
 */
import { reactive } from "vue";

import type { Box } from "../../widget/conversation/box";

export interface BellView {
  /** Switched on by the person; the default. */
  on: boolean;
  /** The browser lets it sound. */
  ready: boolean;
}

const KEY = "desk.bell";
const TONES = [880, 660, 880];
const TONE_SECONDS = 0.18;
const LOUDNESS = 0.25;

export class Bell {
  readonly view: BellView;
  #context: AudioContext | null = null;

  constructor(private readonly box: Box) {
    this.view = reactive({ on: box.get(KEY) !== "off", ready: false });
  }

  /** Get ready at the first touch of the page. */
  listen(): void {
    const ready = () => {
      void this.#prepare().then(() => {
        if (!this.view.ready) return;
        for (const event of ["pointerdown", "keydown"]) document.removeEventListener(event, ready, true);
      });
    };
    for (const event of ["pointerdown", "keydown"]) document.addEventListener(event, ready, true);
  }

  toggle(): void {
    this.view.on = !this.view.on;
    this.box.set(KEY, this.view.on ? "on" : "off");
    if (this.view.on) this.ring();
  }

  ring(): void {
    const context = this.#context;
    if (!this.view.on || context?.state !== "running") return;
    TONES.forEach((frequency, index) => tone(context, frequency, context.currentTime + index * TONE_SECONDS));
  }

  async #prepare(): Promise<void> {
    try {
      this.#context ??= new AudioContext();
      await this.#context.resume();
    } catch {
      return; // No sound device, or not yet allowed: the title still flashes.
    }
    this.view.ready = this.#context.state === "running";
  }
}

function tone(context: AudioContext, frequency: number, start: number): void {
  const oscillator = context.createOscillator();
  const volume = context.createGain();
  oscillator.frequency.value = frequency;
  volume.gain.setValueAtTime(LOUDNESS, start);
  volume.gain.exponentialRampToValueAtTime(0.001, start + TONE_SECONDS);
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + TONE_SECONDS);
}
