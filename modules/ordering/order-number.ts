/** The alphabet has no 0, O, 1, I and L, because people read numbers out over the telephone. */
const alphabet = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'

/**
 * A short number for people, such as `2026-7K3M9Q`. It is random, so that it does not give away the turnover. `draw`
 * returns a fair integer below its argument. A constraint keeps numbers unique.
 */
export const orderNumber = (now: Date, draw: (below: number) => number): string =>
  `${now.getUTCFullYear()}-${Array.from({ length: 6 }, () => alphabet[draw(alphabet.length)]).join('')}`
