/** Whether the chat has the room of a desk; its own width counts, because a widget is narrow on a wide page. */
import { onBeforeUnmount, onMounted, type Ref, ref } from "vue";

/** Pixels from which the column of messages leaves room beside it. */
const WIDE = 860;

export function useWide(root: Ref<HTMLElement | null>): Ref<boolean> {
  const wide = ref(false);
  let sizes: ResizeObserver | undefined;
  onMounted(() => {
    const element = root.value;
    if (!element) return;
    wide.value = element.clientWidth >= WIDE;
    sizes = new ResizeObserver(() => {
      wide.value = element.clientWidth >= WIDE;
    });
    sizes.observe(element);
  });
  onBeforeUnmount(() => sizes?.disconnect());
  return wide;
}
