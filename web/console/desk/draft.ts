/** Text somebody is writing, kept for this tab until it is sent. */
import { type Ref, ref, watch } from "vue";

import type { Box } from "../../widget/conversation/box";

const PREFIX = "desk.draft.";

/** The draft named `name()`; another name is another draft. */
export function useDraft(box: Box, name: () => string): Ref<string> {
  const draft = ref(box.get(PREFIX + name()) ?? "");
  let current = name();
  // Synchronous, so that what was typed last is kept under the name it was typed for.
  watch(name, (next) => {
    current = next;
    draft.value = box.get(PREFIX + next) ?? "";
  }, { flush: "sync" });
  watch(draft, (text) => {
    if (text === "") box.remove(PREFIX + current);
    else box.set(PREFIX + current, text);
  }, { flush: "sync" });
  return draft;
}

/** Remove every draft: somebody has logged out. */
export function forgetDrafts(box: Box): void {
  for (const key of box.keys()) if (key.startsWith(PREFIX)) box.remove(key);
}
