/** Leaving the page: asked about when something would be lost, and nothing stays behind. */
import { onBeforeUnmount, onMounted } from "vue";

export interface Leaving {
  /** Whether something on the page would be lost. */
  unsaved: () => boolean;
  /** Take everything off the page: the back button must not bring it up for the next person at this computer. */
  wipe: () => void;
}

export function useLeaving({ unsaved, wipe }: Leaving): void {
  function onBeforeUnload(event: BeforeUnloadEvent): void {
    if (unsaved()) event.preventDefault();
  }

  onMounted(() => {
    window.addEventListener("beforeunload", onBeforeUnload);
    window.addEventListener("pagehide", wipe);
  });
  onBeforeUnmount(() => {
    window.removeEventListener("beforeunload", onBeforeUnload);
    window.removeEventListener("pagehide", wipe);
  });
}
