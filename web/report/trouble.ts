/** What to say when something was not taken: why, and that nothing written is lost. */
import { ApiError, sentence, Unreachable } from "../widget/api/errors";
import { t } from "./texts";

/** Of something written: it is still on the page, and may or may not have arrived. */
export function troubleOfSending(error: unknown): string {
  if (error instanceof Unreachable) return navigator.onLine ? t("trouble.unsure") : t("trouble.offline");
  return t("trouble.kept", { detail: sentence(error) });
}

/** Of looking something up. */
export function troubleOfReading(error: unknown): string {
  return error instanceof ApiError ? error.message : t("trouble.look_up");
}
