/** The text being written, kept over a reload of this tab (and not longer: the computer may be shared). */
import { type Ref, ref, watch } from "vue";

import type { Box } from "../conversation/box";

const KEY = "ua.draft";

export function useDraft(box: Box): Ref<string> {
  const draft = ref(box.get(KEY) ?? "");
  watch(draft, (text) => {
    if (text === "") box.remove(KEY);
    else box.set(KEY, text);
  });
  return draft;
}

export function forgetDraft(box: Box): void {
  box.remove(KEY);
}
