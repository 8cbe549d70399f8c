/** Most pieces of one variant, and most different variants, that a cart takes. */
export const mostPieces = 99
export const mostLines = 100

export type Line = Readonly<{ variant_id: string; quantity: number }>

export type Adding<L extends Line = Line> =
  | Readonly<{ kind: 'added'; line: L }>
  | Readonly<{ kind: 'refused'; reason: 'too-many-pieces'; in_cart: number; most: number }>
  | Readonly<{ kind: 'refused'; reason: 'cart-full'; most: number }>

/** Adds up. More than 99 pieces are refused and not cut down: nobody should pay for less than was asked for. */
export function add<L extends Line>(lines: readonly L[], input: L): Adding<L> {
  const present = lines.find((line) => line.variant_id === input.variant_id)
  if (!present && lines.length >= mostLines) return { kind: 'refused', reason: 'cart-full', most: mostLines }
  const quantity = (present?.quantity ?? 0) + input.quantity
  if (quantity > mostPieces) {
    return { kind: 'refused', reason: 'too-many-pieces', in_cart: present?.quantity ?? 0, most: mostPieces }
  }
  return { kind: 'added', line: { ...input, ...present, quantity } }
}

/** `lines` with `line` in its place, at the end when it is new. */
export const withLine = <L extends Line>(lines: readonly L[], line: L): readonly L[] =>
  lines.some((other) => other.variant_id === line.variant_id)
    ? lines.map((other) => (other.variant_id === line.variant_id ? line : other))
    : [...lines, line]

/**
 * A guest's cart comes into an account's: quantities add up and stop at 99, lines beyond the hundredth stay behind.
 * Nothing is refused here, for nobody is there to answer: signing in must not fail over a cart.
 */
export function merge<L extends Line>(mine: readonly L[], guests: readonly L[]): readonly L[] {
  const lines = new Map(mine.map((line) => [line.variant_id, line]))
  for (const line of guests) {
    const present = lines.get(line.variant_id)
    const quantity = Math.min(mostPieces, (present?.quantity ?? 0) + line.quantity)
    if (present || lines.size < mostLines) lines.set(line.variant_id, { ...line, ...present, quantity })
  }
  return [...lines.values()]
}
