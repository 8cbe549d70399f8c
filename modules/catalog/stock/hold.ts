import type { HeldLine, HoldInput, HoldOutcome } from '../api.ts'
import type { Component } from './stock-level.ts'

/** A variant on sale that an item of an order means, with the stock that one piece takes. */
export type Sellable = Readonly<{
  line: Omit<HeldLine, 'quantity' | 'components'>
  currency: string
  components: readonly Component[]
}>

/** One variant of a hold: `ordered` pieces are on its lines, `reserved` pieces leave the free stock. */
type HeldVariant = Readonly<{ variant_id: string; ordered: number; reserved: number }>

/** The hold that an order may have. */
export type DecidedHold = Readonly<{
  kind: 'decided'
  lines: readonly HeldLine[]
  total_amount: number
  currency: string
  /** In id order: stock is locked in this order. */
  variants: readonly HeldVariant[]
}>

export type HoldRefused = Extract<HoldOutcome, { kind: 'refused' }>

/** Decides a hold. `found[i]` is the variant that `input.items[i]` means; undefined when it is not on sale. */
export function decideHold(input: HoldInput, found: readonly (Sellable | undefined)[]): DecidedHold | HoldRefused {
  const missing = input.items.flatMap((item, i) =>
    found[i] ? [] : ['variant_id' in item ? item.variant_id : item.flower_id],
  )
  const ordered = orderedOf(input, found)
  const [first] = ordered
  if (missing.length > 0 || !first) return { kind: 'refused', reason: 'not-for-sale', variant_ids: missing }

  const { currency } = first
  if (ordered.some((each) => each.currency !== currency)) return { kind: 'refused', reason: 'mixed-currencies' }

  const total_amount = ordered.reduce((sum, { line, quantity }) => sum + line.price * quantity, 0)
  if (input.expected_total !== undefined && input.expected_total !== total_amount) {
    return { kind: 'refused', reason: 'price-changed', total_amount, currency }
  }

  const variants = variantsOf(ordered)
  const missingStock = overdrawnOf(ordered, variants)
  if (missingStock.length > 0) return { kind: 'refused', reason: 'out-of-stock', variant_ids: missingStock }
  const lines = ordered.map((each) => ({ ...each.line, quantity: each.quantity, ...componentsOf(each) }))
  return { kind: 'decided', lines, total_amount, currency, variants }
}

/** The stock that one piece of a bundle holds, so that ordering counts these pieces as well. */
function componentsOf({ line, components }: Sellable): Pick<HeldLine, 'components'> {
  const held = components.filter(({ variant_id, free }) => free !== null && variant_id !== line.variant_id)
  if (held.length === 0) return {}
  return { components: held.map(({ variant_id, per_bundle }) => ({ variant_id, quantity: per_bundle })) }
}

type Ordered = Sellable & Readonly<{ quantity: number }>

/** The ordered variants, each once: the quantities of items that mean the same variant are added. */
function orderedOf(input: HoldInput, found: readonly (Sellable | undefined)[]): Ordered[] {
  const ordered = new Map<string, Ordered>()
  for (const [i, { quantity }] of input.items.entries()) {
    const sellable = found[i]
    if (!sellable) continue
    const { variant_id } = sellable.line
    ordered.set(variant_id, { ...sellable, quantity: quantity + (ordered.get(variant_id)?.quantity ?? 0) })
  }
  return [...ordered.values()]
}

/** A bundle reserves its components; pieces that several lines take of one variant are added. */
function variantsOf(ordered: readonly Ordered[]): HeldVariant[] {
  const variants = new Map<string, { ordered: number; reserved: number }>()
  const variantOf = (variant_id: string) => {
    const variant = variants.get(variant_id) ?? { ordered: 0, reserved: 0 }
    variants.set(variant_id, variant)
    return variant
  }
  for (const { line, quantity, components } of ordered) {
    variantOf(line.variant_id).ordered += quantity
    for (const { variant_id, free, per_bundle } of components) {
      if (free !== null) variantOf(variant_id).reserved += per_bundle * quantity
    }
  }
  return [...variants].map(([variant_id, variant]) => ({ variant_id, ...variant })).toSorted(byId)
}

const byId = (one: HeldVariant, other: HeldVariant) => (one.variant_id < other.variant_id ? -1 : 1)

function overdrawnOf(ordered: readonly Ordered[], variants: readonly HeldVariant[]): string[] {
  const free = new Map(ordered.flatMap(({ components }) => components.map((each) => [each.variant_id, each.free])))
  const overdrawn = variants.filter(({ variant_id, reserved }) => reserved > (free.get(variant_id) ?? Infinity))
  return linesThatNeed(
    ordered,
    overdrawn.map(({ variant_id }) => variant_id),
  )
}

/** The ordered variants that take stock of any of `stock_ids`. */
export const linesThatNeed = (
  sellables: readonly Pick<Sellable, 'line' | 'components'>[],
  stock_ids: readonly string[],
): string[] =>
  sellables.flatMap(({ line, components }) =>
    components.some(({ variant_id }) => stock_ids.includes(variant_id)) ? [line.variant_id] : [],
  )
