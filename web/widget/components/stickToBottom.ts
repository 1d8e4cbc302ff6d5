/** Keeps a growing log where the reader wants it: at its end, unless they have scrolled up to read. */
import { nextTick, onBeforeUnmount, onMounted, type Ref, ref, watch } from "vue";

/** Closer to the end than this, in pixels, counts as being at the end. */
const NEAR = 96;
/** Room kept above a tall message whose beginning is shown. */
const HEADROOM = 16;

/**
 * `box` scrolls `column`, whose last child is what came last. `changed` is watched; `own` says whether the newest
 * entry is the reader's own, which always brings the end into view. `unseen` tells that something new is below.
 */
export function useStickToBottom(
  { box, column }: Record<"box" | "column", Ref<HTMLElement | null>>,
  changed: () => unknown,
  own: () => boolean,
) {
  const unseen = ref(false);
  let atEnd = true;
  let sizes: ResizeObserver | undefined;

  function toEnd(): void {
    const log = box.value;
    if (!log) return;
    const last = column.value?.lastElementChild as HTMLElement | null | undefined;
    // Of an answer taller than the window the first lines matter, not the last.
    const start = last && last.offsetHeight > log.clientHeight ? last.offsetTop - HEADROOM : log.scrollHeight;
    log.scrollTop = start;
    unseen.value = false;
  }

  function onScroll(): void {
    const log = box.value;
    if (!log) return;
    atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
    if (atEnd) unseen.value = false;
  }

  watch(changed, async () => {
    const follow = atEnd || own();
    await nextTick();
    if (follow) toEnd();
    else unseen.value = true;
  });

  onMounted(() => {
    toEnd();
    const log = box.value;
    if (!log || typeof ResizeObserver === "undefined") return;
    // The phone's keyboard makes the log shorter; the end stays in view.
    sizes = new ResizeObserver(() => {
      if (atEnd) toEnd();
    });
    sizes.observe(log);
  });
  onBeforeUnmount(() => sizes?.disconnect());

  return { unseen, toEnd, onScroll };
}
