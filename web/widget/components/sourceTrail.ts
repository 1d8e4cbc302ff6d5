/** The sources looked at in the panel, each reached from the one before, and the loading of the current one. */
import { computed, ref, shallowRef, watch } from "vue";

import { sentence } from "../api/errors";
import type { Source } from "../contract";

export interface SourceRequest {
  sourceId: string;
  title: string;
  /** What the answer quoted from it, if it did. */
  quote: string | null;
  /** Plain date: the version in force on that day; null for today's. */
  asOf: string | null;
}

export function useSourceTrail(first: SourceRequest, load: (sourceId: string, asOf: string | null) => Promise<Source>) {
  const trail = ref<SourceRequest[]>([first]);
  const current = computed(() => trail.value.at(-1) ?? first);
  const source = shallowRef<Source | null>(null);
  const trouble = ref<string | null>(null);

  async function read(): Promise<void> {
    const request = current.value;
    source.value = null;
    trouble.value = null;
    try {
      const found = await load(request.sourceId, request.asOf);
      if (current.value === request) source.value = found;
    } catch (error) {
      if (current.value === request) trouble.value = sentence(error);
    }
  }

  watch(current, read, { immediate: true });

  return {
    current,
    source,
    trouble,
    reload: read,
    canGoBack: computed(() => trail.value.length > 1),
    follow: (sourceId: string, title: string): void => {
      trail.value = [...trail.value, { sourceId, title, quote: null, asOf: current.value.asOf }];
    },
    /** One step back; false when there is none. */
    back: (): boolean => {
      if (trail.value.length < 2) return false;
      trail.value = trail.value.slice(0, -1);
      return true;
    },
  };
}
