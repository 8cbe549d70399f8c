/**
 * Milliseconds before the attempt after `attempt`. The pause doubles with each attempt up to `max`, and is spread over
 * its upper half, so that simultaneous failures do not all try again at the same moment.
 */
export const backoff = (attempt: number, first: number, max: number): number =>
  (0.5 + Math.random() / 2) * Math.min(max, first * 2 ** (attempt - 1))

/**
 * Milliseconds before the next attempt of work that has failed for `elapsed` milliseconds. The pauses grow with it like
 * those of `backoff`, without a count of attempts.
 */
export const backoffSince = (elapsed: number, first: number, max: number): number =>
  (0.5 + Math.random() / 2) * Math.min(max, Math.max(first, elapsed))
