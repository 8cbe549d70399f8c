import { maxLines, maxPieces, type Line } from './schema.ts'

export type AddOutcome<L extends Line = Line> =
  | Readonly<{ kind: 'added'; line: L }>
  | Readonly<{ kind: 'refused'; reason: 'too-many-pieces'; in_cart: number; maximum: number }>
  | Readonly<{ kind: 'refused'; reason: 'cart-full'; maximum: number }>

/** Adds pieces to a line, or makes a new line. Refuses more than 99 pieces instead of adding fewer than the buyer asks for. */
export function add<L extends Line>(lines: readonly L[], input: L): AddOutcome<L> {
  const existing = lines.find((line) => line.variant_id === input.variant_id)
  if (!existing && lines.length >= maxLines) return { kind: 'refused', reason: 'cart-full', maximum: maxLines }
  const in_cart = existing?.quantity ?? 0
  const quantity = in_cart + input.quantity
  if (quantity > maxPieces) return { kind: 'refused', reason: 'too-many-pieces', in_cart, maximum: maxPieces }
  return { kind: 'added', line: { ...input, ...existing, quantity } }
}

/** Replaces the line of the same variant by `line`, or adds `line` at the end. */
export const withLine = <L extends Line>(lines: readonly L[], line: L): readonly L[] =>
  lines.some((other) => other.variant_id === line.variant_id)
    ? lines.map((other) => (other.variant_id === line.variant_id ? line : other))
    : [...lines, line]

/**
 * Merges a guest's cart into a user's: quantities add up and stop at 99, lines beyond the hundredth are left out. It refuses
 * nothing, because signing in must not fail over a cart.
 */
export function merge<L extends Line>(own: readonly L[], guests: readonly L[]): readonly L[] {
  const lines = new Map(own.map((line) => [line.variant_id, line]))
  for (const line of guests) {
    const existing = lines.get(line.variant_id)
    const quantity = Math.min(maxPieces, (existing?.quantity ?? 0) + line.quantity)
    if (existing || lines.size < maxLines) lines.set(line.variant_id, { ...line, ...existing, quantity })
  }
  return [...lines.values()]
}
