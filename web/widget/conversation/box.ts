/** The browser's storage, or memory where a browser forbids it (private windows, embedded pages). */

export interface Box {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(): string[];
}

export function memoryBox(): Box {
  const values = new Map<string, string>();
  return {
    get: (key) => values.get(key) ?? null,
    set: (key, value) => void values.set(key, value),
    remove: (key) => void values.delete(key),
    keys: () => [...values.keys()],
  };
}

/** The named storage of this browser; falls back to memory when it is missing, forbidden or full. */
export function browserBox(kind: "localStorage" | "sessionStorage"): Box {
  let storage: Storage;
  try {
    storage = window[kind];
    storage.setItem("ua.probe", "1");
    storage.removeItem("ua.probe");
  } catch {
    return memoryBox();
  }
  return {
    get: (key) => storage.getItem(key),
    set: (key, value) => {
      try {
        storage.setItem(key, value);
      } catch {
        // Full: what is on the screen goes on working, it is only not kept over a reload.
      }
    },
    remove: (key) => storage.removeItem(key),
    keys: () => Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? ""),
  };
}

/** The part of `box` whose keys begin with `prefix`, which is not seen from inside. */
export function partOf(box: Box, prefix: string): Box {
  return {
    get: (key) => box.get(prefix + key),
    set: (key, value) => box.set(prefix + key, value),
    remove: (key) => box.remove(prefix + key),
    keys: () => box.keys().flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : [])),
  };
}

/** Parse what a box holds; whatever is not JSON counts as nothing. */
export function readJson(box: Box, key: string): unknown {
  try {
    return JSON.parse(box.get(key) ?? "null") as unknown;
  } catch {
    return null;
  }
}
