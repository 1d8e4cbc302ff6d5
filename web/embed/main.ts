/** The script a portal includes. It leaves one name behind, `window.UnionAssistant`, and one element at the page's end. */
import type { Provider } from "./identity";
import { optionsOf } from "./options";
import { Widget } from "./widget";

export interface UnionAssistant {
  open(): void;
  close(): void;
  toggle(): void;
  /** Who is logged in: the portal's token, or better a function that fetches a fresh one whenever it is needed. */
  identify(provider: Provider): void;
  /** Nobody is logged in any more: the person's conversation is forgotten in this browser. */
  forget(): void;
}

declare global {
  interface Window {
    UnionAssistant?: UnionAssistant;
  }
}

function install(script: HTMLScriptElement): void {
  const options = optionsOf(script);
  const widget = new Widget(options);
  window.UnionAssistant = Object.freeze({
    open: () => widget.open(),
    close: () => widget.close(),
    toggle: () => widget.toggle(),
    identify: (provider: Provider) => widget.identify(provider),
    forget: () => widget.forget(),
  });
  if (document.body as HTMLElement | null) widget.attach();
  else document.addEventListener("DOMContentLoaded", () => widget.attach(), { once: true });
}

// Known only while the script itself runs; a module or a copy of the code would not know where the chat is.
const script = document.currentScript;
if (script instanceof HTMLScriptElement && !window.UnionAssistant) install(script);
