import { sql } from 'kysely'
import { batched, type AnyTx } from '#platform/db'
import type { HoldState } from '../schema.ts'
import type { StockChange } from '../stock-level.ts'
import { endHolds, lockStockOf, reserveStockAgain, type OrdersChange } from './hold-items.ts'

/** The state that an event gives to the hold of its order. */
type Settlement = Readonly<{ order_id: string; to: 'firm' | 'released' | 'sold' | 'in_return'; at: Date }>

/** The result for one order. */
export type Settled = Readonly<{
  /** The state before; undefined when the order had no hold. A release then leaves a tombstone. */
  before: HoldState | undefined
  /** True when the hold had expired, and not all of its stock could be reserved again: nothing was changed. */
  isShort: boolean
  /** When orders share a variant, the first of them gets its change. */
  changes: readonly StockChange[]
}>

/** Transactions in which holds were settled. */
const settledIn = new WeakSet<AnyTx>()

/**
 * Settles the holds of all orders of a batch: first it changes their states, then it locks their stock, all of it at once and
 * in id order. A second call in one transaction would lock stock in another order, and throws.
 */
export const settleHold = batched<Settlement, Settled>(async (tx, settlements) => {
  if (settledIn.has(tx)) throw new Error('This transaction has settled holds already: settle all of them in one batch')
  settledIn.add(tx)
  const states = new Map([...(await updateToReleased(tx, settlements)), ...(await updateStates(tx, settlements))])
  const beforeOf = ({ order_id }: Settlement) => states.get(order_id)
  const ending = settlements.filter((each) => each.to !== 'firm' && isOpen(beforeOf(each)))
  const retaking = settlements.filter((each) => each.to !== 'released' && beforeOf(each) === 'expired')
  if (retaking.length > 0) await lockStockOf(tx, idsOf([...ending, ...retaking]))
  const changes = ending.length > 0 ? await endHolds(tx, ending.map(endOf)) : []
  const retaken = await retake(tx, retaking)
  const byOrder = Map.groupBy([...changes, ...retaken.changes], ({ order_id }) => order_id)
  return settlements.map((each) => ({
    before: beforeOf(each),
    isShort: retaken.short.has(each),
    changes: byOrder.get(each.order_id) ?? [],
  }))
})

const isOpen = (state: HoldState | undefined) => state === 'held' || state === 'firm'
const idsOf = (settlements: readonly Settlement[]) => settlements.map(({ order_id }) => order_id)
const endOf = ({ order_id, to, at }: Settlement) => ({
  order_id,
  movement: to === 'sold' ? ({ kind: 'sale', at } as const) : to === 'in_return' ? ({ kind: to, at } as const) : null,
})

type States = ReadonlyMap<string, HoldState | undefined>

/** Releases holds, also expired ones, which have no stock. Inserts the missing ones as tombstones. */
async function updateToReleased(tx: AnyTx, settlements: readonly Settlement[]): Promise<States> {
  const released = settlements.filter(({ to }) => to === 'released')
  if (released.length === 0) return new Map()
  const { rows } = await sql<{ order_id: string; before: HoldState | null }>`
    insert into catalog.holds (order_id, state, held_at, lines, total_amount, currency)
    select order_id, 'released', at, '[]', 0, 'RUB'
    from unnest(${idsOf(released)}::uuid[], ${released.map(({ at }) => at)}::timestamptz[]) as released(order_id, at)
    order by order_id
    on conflict (order_id) do update set state = 'released', expires_at = null
      where holds.state in ('held', 'firm', 'expired')
    returning order_id, old.state as before`.execute(tx)
  return new Map(rows.map(({ order_id, before }) => [order_id, before ?? undefined]))
}

/** Makes held holds firm, and ends held and firm ones. An expired hold stays expired until its stock is reserved again. */
async function updateStates(tx: AnyTx, settlements: readonly Settlement[]): Promise<States> {
  const updated = settlements.filter(({ to }) => to !== 'released')
  if (updated.length === 0) return new Map()
  const { rows } = await sql<{ order_id: string; before: HoldState }>`
    update catalog.holds hold set expires_at = null, state = case
      when requested.state in ('sold', 'in_return') and hold.state in ('held', 'firm') then requested.state
      when requested.state = 'firm' and hold.state = 'held' then 'firm'
      else hold.state end
    from unnest(${idsOf(updated)}::uuid[], ${updated.map(({ to }) => to)}::text[]) as requested(order_id, state)
    where hold.order_id = requested.order_id and hold.order_id = any(${idsOf(updated)}::uuid[])
    returning hold.order_id, old.state as before`.execute(tx)
  return new Map(rows.map(({ order_id, before }) => [order_id, before]))
}

/** Reserves the stock of expired holds again, one after the other, and brings the holds to their state. */
async function retake(tx: AnyTx, settlements: readonly Settlement[]) {
  const changes: OrdersChange[] = []
  const short = new Set<Settlement>()
  for (const settlement of settlements) {
    const { order_id, to } = settlement
    const reserved = await reserveStockAgain(tx, order_id)
    if (reserved === 'short') {
      short.add(settlement)
      continue
    }
    await sql`update catalog.holds set state = ${to} where order_id = ${order_id}`.execute(tx)
    changes.push(...(to === 'firm' ? reserved : await endHolds(tx, [endOf(settlement)])))
  }
  return { changes, short }
}
