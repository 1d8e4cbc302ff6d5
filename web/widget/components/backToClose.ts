/**
 * The browser's (or phone's) back button closes what is open instead of leaving the page; of several things open
 * above each other only the topmost.
 */
import { onBeforeUnmount, onMounted } from "vue";

/** Called when the history stands before what the topmost has marked, the last on top. */
const layers: ((depth: number) => void)[] = [];

/** `back` closes or goes one step back, and returns whether anything is still open. */
export function useBackToClose(back: () => boolean): void {
  /** How deep in the history our own mark is; null when it has been gone back over. */
  let marked: number | null = null;

  function mark(): void {
    marked = depthOf(history.state) + 1;
    history.pushState({ ...(history.state as object | null), uaOpen: marked }, "");
  }

  function onDepth(depth: number): void {
    // Something above has closed itself and taken its own mark away.
    if (marked !== null && depth >= marked) return;
    marked = null;
    if (back()) mark();
  }

  onMounted(() => {
    mark();
    if (layers.push(onDepth) === 1) window.addEventListener("popstate", onPop);
  });
  onBeforeUnmount(() => {
    layers.splice(layers.indexOf(onDepth), 1);
    if (layers.length === 0) window.removeEventListener("popstate", onPop);
    if (marked !== null) history.back();
  });
}

function onPop(event: PopStateEvent): void {
  layers.at(-1)?.(depthOf(event.state));
}

function depthOf(state: unknown): number {
  return (state as { uaOpen?: number } | null)?.uaOpen ?? 0;
}
