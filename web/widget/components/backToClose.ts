/** The browser's (or phone's) back button closes what is open instead of leaving the page. */
import { onBeforeUnmount, onMounted } from "vue";

/** `back` closes or goes one step back, and returns whether anything is still open. */
export function useBackToClose(back: () => boolean): void {
  let ours = false;

  function mark(): void {
    history.pushState({ ...(history.state as object | null), uaOpen: true }, "");
    ours = true;
  }

  function onPop(): void {
    ours = false;
    if (back()) mark();
  }

  onMounted(() => {
    mark();
    window.addEventListener("popstate", onPop);
  });
  onBeforeUnmount(() => {
    window.removeEventListener("popstate", onPop);
    if (ours) history.back();
  });
}
