/** While the page is in the background, its title says how many messages have come. */
import { onBeforeUnmount, onMounted, watch } from "vue";

import { t } from "../texts";

export function useTitleCount(unread: () => number): void {
  const title = document.title;

  function show(): void {
    const count = document.visibilityState === "hidden" ? unread() : 0;
    document.title = count > 0 ? t("app.unread", { count, title }) : title;
  }

  watch(unread, show);
  onMounted(() => document.addEventListener("visibilitychange", show));
  onBeforeUnmount(() => document.removeEventListener("visibilitychange", show));
}
