import type { HeldLine, HoldOutcome, HoldInput } from './api.ts'
import type { Part } from './stock.ts'

/** What stands for sale behind one want. */
export type Found = Readonly<{
  line: Omit<HeldLine, 'quantity'>
  currency: string
  parts: readonly Part[]
}>

/** What a hold does with one variant: `ordered` pieces are on its lines, `reserved` pieces leave the free stock. */
type HoldItem = Readonly<{ variant_id: string; ordered: number; reserved: number }>

export type ToHold = Readonly<{
  kind: 'to-hold'
  lines: readonly HeldLine[]
  total_amount: number
  currency: string
  /** In id order, which is the order in which stock is locked. */
  items: readonly HoldItem[]
}>

type Refused = Extract<HoldOutcome, { kind: 'refused' }>

/** Decides what a wish takes from the stock. `found[i]` answers `wish.wants[i]`; undefined is not for sale. */
export function decideHold(input: HoldInput, found: readonly (Found | undefined)[]): ToHold | Refused {
  const missing = input.wants.flatMap((want, i) =>
    found[i] ? [] : ['variant_id' in want ? want.variant_id : want.flower_id],
  )
  const wanted = addUp(input, found)
  const [first] = wanted
  if (missing.length > 0 || !first) return { kind: 'refused', reason: 'not-for-sale', variant_ids: missing }

  const { currency } = first
  if (wanted.some((each) => each.currency !== currency)) return { kind: 'refused', reason: 'mixed-currencies' }

  const total_amount = wanted.reduce((sum, { line, quantity }) => sum + line.price * quantity, 0)
  if (input.expected_total !== undefined && input.expected_total !== total_amount) {
    return { kind: 'refused', reason: 'price-changed', total_amount, currency }
  }

  const items = itemsOf(wanted)
  const short = shortOf(wanted, items)
  if (short.length > 0) return { kind: 'refused', reason: 'out-of-stock', variant_ids: short }
  const lines = wanted.map(({ line, quantity }) => ({ ...line, quantity }))
  return { kind: 'to-hold', lines, total_amount, currency, items }
}

export type WantedVariant = Found & Readonly<{ quantity: number }>

/** The variants wanted, each once. */
function addUp(input: HoldInput, found: readonly (Found | undefined)[]): WantedVariant[] {
  const wanted = new Map<string, WantedVariant>()
  for (const [i, { quantity }] of input.wants.entries()) {
    const each = found[i]
    if (!each) continue
    const { variant_id } = each.line
    wanted.set(variant_id, { ...each, quantity: quantity + (wanted.get(variant_id)?.quantity ?? 0) })
  }
  return [...wanted.values()]
}

/** Bundles count as their components; what several lines take of one variant is summed. */
function itemsOf(wanted: readonly WantedVariant[]): HoldItem[] {
  const items = new Map<string, { ordered: number; reserved: number }>()
  const itemOf = (variant_id: string) => {
    const item = items.get(variant_id) ?? { ordered: 0, reserved: 0 }
    items.set(variant_id, item)
    return item
  }
  for (const { line, quantity, parts } of wanted) {
    itemOf(line.variant_id).ordered += quantity
    for (const part of parts) if (part.free !== null) itemOf(part.variant_id).reserved += part.per * quantity
  }
  return [...items].map(([variant_id, item]) => ({ variant_id, ...item })).toSorted(byId)
}

const byId = (one: HoldItem, other: HoldItem) => (one.variant_id < other.variant_id ? -1 : 1)

function shortOf(wanted: readonly WantedVariant[], items: readonly HoldItem[]): string[] {
  const free = new Map(wanted.flatMap(({ parts }) => parts.map((part) => [part.variant_id, part.free])))
  const overdrawn = items.filter(({ variant_id, reserved }) => reserved > (free.get(variant_id) ?? Infinity))
  return wantedOf(
    wanted,
    overdrawn.map(({ variant_id }) => variant_id),
  )
}

/** Which of the wanted variants take anything of these. */
export const wantedOf = (
  wanted: readonly Pick<WantedVariant, 'line' | 'parts'>[],
  stock_ids: readonly string[],
): string[] =>
  wanted.flatMap(({ line, parts }) =>
    parts.some((part) => stock_ids.includes(part.variant_id)) ? [line.variant_id] : [],
  )
