/** Something fetched from the server: what it is, whether it is on its way, why it did not come. */
import { type ShallowRef, shallowRef } from "vue";

import { sentence } from "../api/errors";

export interface Loading<T> {
  value: ShallowRef<T | null>;
  trouble: ShallowRef<string | null>;
  busy: ShallowRef<boolean>;
  load: () => Promise<void>;
}

/** `load` fetches anew; of several calls only the last one's answer counts. */
export function useLoading<T>(fetch: () => Promise<T>): Loading<T> {
  const value: ShallowRef<T | null> = shallowRef(null);
  const trouble = shallowRef<string | null>(null);
  const busy = shallowRef(false);
  let latest = 0;

  async function load(): Promise<void> {
    const mine = ++latest;
    busy.value = true;
    try {
      const fetched = await fetch();
      if (mine !== latest) return;
      value.value = fetched;
      trouble.value = null;
    } catch (error) {
      if (mine === latest) trouble.value = sentence(error);
    } finally {
      if (mine === latest) busy.value = false;
    }
  }

  return { value, trouble, busy, load };
}
