/** The launcher on the portal's page, and the panel with the chat in its frame. */
import { addStyles, element, icon } from "./element";
import { Identity, type Provider } from "./identity";
import type { Options } from "./options";
import { type ToChat, type ToPage, unwrap, wrap } from "./protocol";
import styles from "./styles.css?inline";
import { t } from "./texts";

const EMBLEM = "M11 13.5h18M20 13.5v14M9 27.5h22";
const DOWN = "M11 16l9 9 9-9";
/** Below this width the chat takes the whole screen. The same number stands in styles.css. */
const NARROW = "(max-width: 599.98px)";
/** A frame that has said nothing for so long is not going to. */
const PATIENCE_MS = 15_000;
const BADGE_MAX = 99;

export class Widget {
  readonly #identity = new Identity();
  readonly #narrow = matchMedia(NARROW);
  readonly #host = document.createElement("union-assistant");
  readonly #holder = element("div", {});
  readonly #badge = element("span", { class: "badge", "aria-hidden": "true", hidden: "" });
  readonly #said = element("span", { class: "said", role: "status" });
  readonly #launcher: HTMLButtonElement;
  readonly #panel: HTMLDialogElement;
  readonly #words = element("p", { role: "status" });
  readonly #retry = element("button", { type: "button", class: "retry" }, [t("panel.retry")]);
  readonly #note: HTMLElement;
  readonly #frame: HTMLIFrameElement;
  #ready = false;
  #forgetting = false;
  /** Asked for before the page had a body. */
  #wanted = false;
  #unread = 0;
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: Options) {
    const label = element("span", { class: "label" }, [options.label]);
    this.#launcher = element("button", { type: "button", class: "launcher", "aria-haspopup": "dialog" }, [
      icon("sign mark", EMBLEM), icon("sign down", DOWN), label, this.#badge,
    ]);
    this.#frame = element("iframe", { title: t("panel.title") });
    const close = element("button", { type: "button" }, [t("panel.close")]);
    this.#note = element("div", { class: "note" }, [this.#words, this.#retry, close]);
    this.#panel = element("dialog", { class: "panel", "aria-label": t("panel.title") }, [this.#frame, this.#note]);
    this.#holder.className = options.position;
    this.#holder.append(this.#panel, this.#launcher, this.#said);

    this.#launcher.addEventListener("click", () => this.toggle());
    this.#retry.addEventListener("click", () => this.#load());
    close.addEventListener("click", () => this.close());
    this.#frame.addEventListener("load", () => this.#greet());
    this.#panel.addEventListener("close", () => this.#closed());
    this.#holder.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#panel.open) this.close();
    });
    this.#narrow.addEventListener("change", () => this.#refit());
    window.addEventListener("message", (event) => this.#hear(event));
    this.#label();
  }

  /** Put the widget at the end of the page, once there is one. */
  attach(): void {
    const root = this.#host.attachShadow({ mode: "open" });
    addStyles(root, styles);
    root.append(this.#holder);
    document.body.append(this.#host);
    if (this.#wanted || (this.options.open && !this.#narrow.matches)) this.open();
    // Loaded when the page has time, closed: somebody who waits for an answer sees that it has come.
    else whenIdle(() => this.#load({ once: true }));
  }

  open(): void {
    this.#wanted = !this.#host.isConnected;
    if (this.#panel.open || this.#wanted) return;
    this.#load({ once: true });
    this.#show();
    this.#label();
    this.#tell({ type: "shown", shown: true });
  }

  close(): void {
    this.#wanted = false;
    this.#panel.close();
  }

  toggle(): void {
    if (this.#panel.open) this.close();
    else this.open();
  }

  identify(provider: Provider): void {
    this.#identity.set(provider);
    this.#forgetting = false;
    if (this.#ready) void this.#introduce(null);
  }

  forget(): void {
    this.#identity.set(null);
    this.#forgetting = !this.#ready;
    this.#tell({ type: "forget" });
  }

  #show(): void {
    // Full screen nothing else of the page can be reached: the browser keeps the focus inside.
    if (this.#narrow.matches) this.#panel.showModal();
    else this.#panel.show();
    this.#frame.focus();
  }

  #closed(): void {
    // Closed only to be opened again in the other size.
    if (this.#panel.open) return;
    this.#label();
    this.#tell({ type: "shown", shown: false });
    const root = this.#host.shadowRoot;
    if (!document.activeElement || document.activeElement === document.body || root?.activeElement) this.#launcher.focus();
  }

  #refit(): void {
    if (!this.#panel.open) return;
    this.#panel.close();
    this.#show();
  }

  #load({ once = false } = {}): void {
    if (once && this.#frame.src) return;
    this.#ready = false;
    this.#wait(t("panel.loading"), { over: false });
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => this.#wait(t("panel.failed"), { over: true }), PATIENCE_MS);
    this.#frame.src = `${this.options.origin}/?embed=1`;
  }

  #wait(words: string, { over }: { over: boolean }): void {
    this.#note.hidden = false;
    this.#words.textContent = words;
    this.#retry.hidden = !over;
  }

  /** The frame has loaded something: if it is the chat, it answers. */
  #greet(): void {
    this.#tell({ type: "hello", shown: this.#panel.open, forget: this.#forgetting });
  }

  #hear({ source, origin, data }: MessageEvent<unknown>): void {
    if (source === null || source !== this.#frame.contentWindow || origin !== this.options.origin) return;
    const message = unwrap(data) as ToPage | null;
    switch (message?.type) {
      case "ready":
        clearTimeout(this.#patience);
        this.#ready = true;
        this.#forgetting = false;
        this.#note.hidden = true;
        break;
      case "identity_wanted":
        void this.#introduce(message.asked);
        break;
      case "unread":
        this.#count(message.count);
        break;
      case "close":
        this.close();
    }
  }

  async #introduce(asked: number | null): Promise<void> {
    this.#tell({ type: "identity", token: await this.#identity.token(), asked });
  }

  #tell(message: ToChat): void {
    if (this.#frame.src) this.#frame.contentWindow?.postMessage(wrap(message), this.options.origin);
  }

  #count(count: number): void {
    this.#unread = count;
    this.#badge.hidden = count === 0;
    this.#badge.textContent = count > BADGE_MAX ? `${BADGE_MAX}+` : String(count);
    this.#said.textContent = count === 0 ? "" : t("launcher.unread", { count });
    this.#label();
  }

  #label(): void {
    const { open } = this.#panel;
    this.#holder.classList.toggle("open", open);
    this.#launcher.setAttribute("aria-expanded", String(open));
    const does = t(open ? "launcher.close" : "launcher.open", { label: this.options.label });
    const news = this.#unread > 0 ? [t("launcher.unread", { count: this.#unread })] : [];
    this.#launcher.setAttribute("aria-label", [does, ...news].join(t("launcher.and")));
  }
}

/** Run `work` when the page has loaded and has nothing better to do. */
function whenIdle(work: () => void): void {
  const soon = () => {
    if (typeof requestIdleCallback === "function") requestIdleCallback(work, { timeout: 5000 });
    else setTimeout(work, 1000);
  };
  if (document.readyState === "complete") soon();
  else window.addEventListener("load", soon, { once: true });
}
