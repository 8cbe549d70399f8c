import type { CatalogApi, HoldOutcome } from '#catalog'
import type { DeliveryApi, FeeOutcome } from '#delivery/api'
import type { Refused } from '#platform/outcome'
import { newId } from '#platform/values'
import type { PromotionsApi } from '#promotions/api'
import { addedTo, linesAfter, pricedAs, type Changes, type PricedEdit, type StoredLine } from '../edit.ts'
import type { FoundOrder } from './save-edit.ts'

type Needs = Readonly<{
  catalog: Pick<CatalogApi, 'hold' | 'withdrawHold'>
  promotions: Pick<PromotionsApi, 'reprice'>
  delivery: Pick<DeliveryApi, 'feeOf'>
}>

/** The goods of an edit. `added`: the edit holds more pieces, under its own id. */
export type HeldEdit = Readonly<{ id: string; lines: readonly StoredLine[]; added: boolean }>

/** `priced`: undefined when neither the goods nor the address change. */
type Priced = Readonly<{ kind: 'priced'; held: HeldEdit; priced: PricedEdit | undefined }>
type HoldRefused = Extract<HoldOutcome, { kind: 'refused' }>
export type PriceRefused =
  | Exclude<FeeOutcome, { kind: 'quoted' }>
  | Exclude<HoldRefused, { reason: 'order-closed' | 'id-taken' | 'price-changed' }>
  | (Refused<'price-changed'> & Readonly<{ total_amount: number; currency: string }>)

type Edit = Readonly<{ order: FoundOrder; changes: Changes; expected_total: number | undefined; held_until: Date }>

/** Holds what an edit adds, and decides the price of the order again. A refusal leaves nothing held; after a crash a job ends it. */
export async function priceEdit(needs: Needs, edit: Edit): Promise<Priced | PriceRefused> {
  const held = await holdAdded(needs.catalog, edit)
  if ('kind' in held) return held
  const { items, delivery_address } = edit.changes
  const keepsPrice = items === undefined && delivery_address === undefined
  const priced = keepsPrice ? undefined : await priceOf(needs, edit, held.lines)
  if (!priced || !('kind' in priced)) return { kind: 'priced', held, priced }
  await releaseAdded(needs, held)
  return priced
}

/** Gives back what an edit has held, when the edit is refused. */
export async function releaseAdded({ catalog }: Pick<Needs, 'catalog'>, { id, added }: HeldEdit): Promise<void> {
  if (added) await catalog.withdrawHold(id)
}

/** A new id for each attempt: nothing that an earlier one held belongs to it. */
async function holdAdded(
  catalog: Needs['catalog'],
  { order, changes, held_until }: Edit,
): Promise<HeldEdit | PriceRefused> {
  const id = newId()
  const { items } = changes
  if (items === undefined) return { id, lines: order.lines, added: false }
  const more = addedTo(order.lines, items)
  if (more.length === 0) return { id, lines: linesAfter(order.lines, items, []), added: false }
  const held = await catalog.hold({ order_id: id, items: more, expires_at: held_until })
  if (held.kind === 'refused') return refusalOf(held, id)
  const lines = linesAfter(order.lines, items, held.lines)
  const edit = { id, lines, added: true }
  if (held.currency === order.currency) return edit
  await releaseAdded({ catalog }, edit)
  return { kind: 'refused', reason: 'mixed-currencies' }
}

function refusalOf(held: HoldRefused, id: string): PriceRefused {
  if (held.reason === 'order-closed' || held.reason === 'id-taken') throw new Error(`The new hold ${id} exists already`)
  return held
}

async function priceOf(
  { delivery, promotions }: Needs,
  { order, changes, expected_total }: Edit,
  lines: readonly StoredLine[],
): Promise<PricedEdit | PriceRefused> {
  const { currency, discounts } = order
  const delivery_address = changes.delivery_address ?? order.delivery_address
  const items_amount = lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0)
  const delivered =
    order.delivery_method === 'courier' && delivery_address !== null
      ? await delivery.feeOf({ delivery_address, items_amount, currency })
      : ({ kind: 'quoted', fee: 0 } as const)
  if (delivered.kind === 'refused') return delivered
  const quote = await promotions.reprice({
    promotion_ids: discounts.map(({ promotion_id }) => promotion_id),
    lines: lines.map(({ product_id, price, quantity }) => ({ product_id, price, quantity })),
    currency,
    delivery_fee: delivered.fee,
  })
  const { total_amount } = quote
  return expected_total === undefined || expected_total === total_amount
    ? pricedAs(quote, { lines, discounts })
    : { kind: 'refused', reason: 'price-changed', total_amount, currency }
}
