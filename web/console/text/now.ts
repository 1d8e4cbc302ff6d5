/** The present moment as something that components can show and that goes on by itself. */
import { onBeforeUnmount, onMounted, type Ref, ref } from "vue";

const TICK_MS = 10_000;

export function useNow(): Ref<Date> {
  const now = ref(new Date());
  let timer: ReturnType<typeof setInterval> | undefined;
  onMounted(() => {
    timer = setInterval(() => {
      now.value = new Date();
    }, TICK_MS);
  });
  onBeforeUnmount(() => clearInterval(timer));
  return now;
}
