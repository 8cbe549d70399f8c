import assert from 'node:assert/strict'
import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Db } from '#platform/db'
import type { Send } from '../../e2e/http-client.ts'
import { toCourier } from '../../e2e/purchase-steps.ts'
import type { Bank } from './bank.ts'
import type { OutsideCarrier } from './carrier.ts'

type Buying = Readonly<{ send: Send; as: string; variant_id: string; isOver: () => boolean }>

/** Places orders until `isOver`: half of them online, half for cash. One in six is cancelled at once. Returns their ids. */
export async function placeOrdersUntil({ send, as, variant_id, isOver }: Buying): Promise<readonly string[]> {
  const ids: string[] = []
  while (!isOver()) {
    const id = randomUUID()
    const payment_method = ids.length % 2 === 0 ? 'online' : 'cash_on_delivery'
    const body = { ...toCourier, payment_method, items: [{ variant_id, quantity: 1 }] }
    const { status, text } = await send(as, `PUT /orders/${id}`, { body })
    assert.equal(status, 201, text)
    ids.push(id)
    if (randomInt(6) === 0) await send(as, `POST /orders/${id}/cancel`, { body: {} })
    await sleep(randomInt(200, 600))
  }
  return ids
}

type Unfinished = Readonly<{ id: string; state: string }>

/** A few of the orders that have not ended, with what they wait for. The difference of thousands of rows takes gigabytes. */
export async function unfinishedOrders(
  db: Db,
  ids: readonly string[],
  except: readonly string[] = [],
): Promise<readonly Unfinished[]> {
  const { rows } = await sql<Unfinished>`
    select o.id, s.state from ordering.orders o join platform.saga s on s.key = o.id
    where o.id = any(${ids}::uuid[]) and o.status not in ('fulfilled', 'cancelled')
      and s.state <> all(${except}::text[]) limit 5`.execute(db)
  return rows
}

/** The tables of orders and of payments, which may be in two databases, and the books of the outside. */
type Books = Readonly<{ orders: Db; payments: Db; bank: Bank; carrier: OutsideCarrier }>
type OrderRow = Readonly<{ id: string; status: string; payment_method: string; total_amount: number; reason: string }>

/** Compares every order with the book of the bank and the list of the carrier. */
export async function compareWithOutside(ids: readonly string[], books: Books): Promise<void> {
  const { bank, carrier } = books
  const { rows: orders } = await sql<OrderRow>`
    select id, status, payment_method, total_amount::float8 as total_amount, reason from ordering.orders
    where id = any(${ids}::uuid[])`.execute(books.orders)
  assert.equal(orders.length, ids.length, 'no order is lost')
  const { rows: payments } = await sql<{ id: string; subject_id: string }>`
    select id, subject_id from payments.payments`.execute(books.payments)
  const orderOf = new Map(payments.map((payment) => [payment.id, payment.subject_id]))
  const charges = Map.groupBy(bank.book(), ({ payment_id }) => orderOf.get(payment_id))
  assert.equal(charges.get(undefined), undefined, 'the bank has no charge that our books do not know')
  for (const { id, status, payment_method, total_amount, reason } of orders) {
    const taken = (charges.get(id) ?? []).reduce(
      (sum, charge) => sum + (charge.status === 'succeeded' ? charge.amount - charge.refunded : 0),
      0,
    )
    const due = status === 'fulfilled' && payment_method === 'online' ? total_amount : 0
    assert.equal(taken, due, `${id} is ${status} (${reason}): the bank has ${taken} of it`)
    if (status === 'cancelled') assert.ok(reason, `${id} has no reason`)
    const parcels = carrier.shipments().filter((shipment) => shipment.order_id === id && !shipment.cancelled)
    assert.equal(parcels.length, status === 'fulfilled' ? 1 : 0, `${id} is ${status} with ${parcels.length} parcels`)
  }
}
