/** How large a file is, as people say it. */

const KB = 1024;

/** `bytes` in KB or MB, at least 1 KB. */
export function fileSize(bytes: number): string {
  if (bytes < KB * KB) return `${Math.max(1, Math.round(bytes / KB))} KB`;
  return `${(bytes / KB / KB).toFixed(1)} MB`;
}
