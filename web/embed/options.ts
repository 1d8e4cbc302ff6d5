/** What the script tag says: `<script src="https://HOST/widget.js" data-position="left" data-label="问工会" async>`. */
import { t } from "./texts";

export interface Options {
  /** Where the chat comes from: the origin of the script itself. */
  origin: string;
  position: "left" | "right";
  label: string;
  /** Open at once, where there is room beside the page. */
  open: boolean;
}

export function optionsOf(script: HTMLScriptElement): Options {
  const { position, label = "", open } = script.dataset;
  return {
    origin: new URL(script.src).origin,
    position: position === "left" ? "left" : "right",
    label: label.trim() === "" ? t("launcher.label") : label.trim(),
    open: open !== undefined && open !== "false",
  };
}
