/** The files chosen for the next message: each is handed in at once and waits for the message that sends it. */
import { reactive } from "vue";

import { sentence } from "../api/errors";
import type { Attachment } from "../contract";
import { t } from "../texts";

/** What the server takes with one message, and of one file in bytes. */
export const PER_MESSAGE = 9;
export const SIZE_LIMIT = 10 * 1024 * 1024;
/** Named one by one: a phone then turns what it keeps in a format of its own into one of these. */
export const TAKEN = "image/jpeg,image/png,image/gif,image/webp,application/pdf,.docx";

export interface Upload {
  key: number;
  name: string;
  /** From 0 to 1. */
  progress: number;
  /** Why it cannot be sent. */
  trouble: string | null;
  /** There once the server has it. */
  attachment: Attachment | null;
}

export type HandIn = (file: File, onProgress: (done: number) => void, signal: AbortSignal) => Promise<Attachment>;

export class Uploads {
  readonly items: Upload[] = reactive([]);
  readonly #stopping = new Map<number, AbortController>();
  #keys = 0;

  constructor(private readonly handIn: HandIn) {}

  get pending(): boolean {
    return this.items.some(({ trouble, attachment }) => trouble === null && attachment === null);
  }

  get ready(): Attachment[] {
    return this.items.flatMap(({ attachment }) => (attachment ? [attachment] : []));
  }

  add(files: Iterable<File>): void {
    for (const file of files) void this.#upload(file);
  }

  remove(key: number): void {
    this.#stopping.get(key)?.abort();
    this.#stopping.delete(key);
    const at = this.items.findIndex((item) => item.key === key);
    if (at >= 0) this.items.splice(at, 1);
  }

  /** Take what is ready for a message; the list is empty then. */
  take(): Attachment[] {
    const taken = this.ready;
    this.stop();
    return taken;
  }

  /** Give everything up. */
  stop(): void {
    for (const { key } of [...this.items]) this.remove(key);
  }

  async #upload(file: File): Promise<void> {
    const key = (this.#keys += 1);
    const sendable = this.items.filter(({ trouble }) => trouble === null).length;
    this.items.push({ key, name: file.name, progress: 0, trouble: refusal(file, sendable), attachment: null });
    const item = this.items.at(-1);
    if (item?.trouble !== null) return;
    const stopping = new AbortController();
    this.#stopping.set(key, stopping);
    try {
      item.attachment = await this.handIn(file, (done) => (item.progress = done), stopping.signal);
    } catch (error) {
      item.trouble = sentence(error);
    } finally {
      this.#stopping.delete(key);
    }
  }
}

/** What the server would refuse after a long upload. */
function refusal(file: File, before: number): string | null {
  if (file.size > SIZE_LIMIT) return t("attach.too_large");
  return before >= PER_MESSAGE ? t("attach.too_many", { count: PER_MESSAGE }) : null;
}
