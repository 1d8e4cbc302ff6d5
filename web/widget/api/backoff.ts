/** How long to wait before trying again. */

const FIRST_MS = 1000;
const LONGEST_MS = 30_000;

/**
 * Milliseconds before retry number `attempt` (0 for the first): doubling, capped, and spread over the upper
 * half of the interval so that a thousand pages do not come back at the same moment after an outage.
 */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.round(full / 2 + (full / 2) * random());
}
