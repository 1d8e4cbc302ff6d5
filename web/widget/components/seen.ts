/** Tells which messages have been on the screen of somebody who was looking. */
import { nextTick, onBeforeUnmount, onMounted, type Ref, watch } from "vue";

/** So much of a message, or of the window if the message is taller, counts as seen. */
const SHARE = 0.5;
/** Scrolled past is not read. */
const LOOK_MS = 500;

/**
 * `column` holds the messages, each with `data-seq`, and scrolls in `box`; `changed` is watched for new ones. `saw`
 * gets the highest seq that stood on the screen for a moment while `open`: inside a frame that is not shown, a
 * browser still finds messages in view.
 */
export function useSeen(
  { box, column }: Record<"box" | "column", Ref<HTMLElement | null>>,
  { changed, open }: { changed: () => unknown; open: () => boolean },
  saw: (seq: number) => void,
): void {
  const shown = new Set<number>();
  let observer: IntersectionObserver | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function look(): void {
    clearTimeout(timer);
    if (shown.size === 0 || !open() || document.visibilityState !== "visible") return;
    timer = setTimeout(() => saw(Math.max(...shown)), LOOK_MS);
  }

  function follow(): void {
    for (const message of column.value?.querySelectorAll("[data-seq]") ?? []) observer?.observe(message);
  }

  onMounted(() => {
    if (typeof IntersectionObserver === "undefined") return;
    observer = new IntersectionObserver(
      (changes) => {
        for (const { target, intersectionRatio, intersectionRect, rootBounds } of changes) {
          const seq = Number((target as HTMLElement).dataset["seq"]);
          const room = rootBounds?.height ?? Infinity;
          if (intersectionRatio >= SHARE || intersectionRect.height >= room * SHARE) shown.add(seq);
          else shown.delete(seq);
        }
        look();
      },
      { root: box.value, threshold: [0, 0.25, SHARE, 0.75, 1] },
    );
    follow();
    document.addEventListener("visibilitychange", look);
  });
  watch(changed, () => nextTick(follow));
  watch(open, look);
  onBeforeUnmount(() => {
    clearTimeout(timer);
    observer?.disconnect();
    document.removeEventListener("visibilitychange", look);
  });
}
