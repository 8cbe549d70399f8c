/** No 0, O, 1, I, L: a number is read out over the telephone. */
const alphabet = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'

/**
 * A short number for people, such as `2026-7K3M9Q`: unpredictable, so that it tells nothing about turnover.
 * `draw` gives a fair integer below its argument. Unique by a constraint, not by this function.
 */
export const orderNumber = (now: Date, draw: (below: number) => number): string =>
  `${now.getUTCFullYear()}-${Array.from({ length: 6 }, () => alphabet[draw(alphabet.length)]).join('')}`
