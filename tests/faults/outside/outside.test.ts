import assert from 'node:assert/strict'
import { randomInt, randomUUID } from 'node:crypto'
import { after, before, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { eventually } from '#platform/testing'
import { minutes } from '#platform/values'
import { openShop, staff, type Shop } from '../../e2e/open-shop.ts'
import { firstOf, orderBecomes, placeOrder, toCourier } from '../../e2e/purchase-steps.ts'
import { openBank, type Bank } from './bank.ts'
import { openCarrier, type OutsideCarrier } from './carrier.ts'
import type { Mood } from './unreliable-server.ts'

/** Seconds of each outage. `OUTAGE_SECONDS=600` measures ten minutes. */
const outage = Number(process.env['OUTAGE_SECONDS'] ?? 4)
/** Milliseconds after the return of the outside within which every order must have ended. */
const recovery = minutes(2)

/** A clock that a test can set forward: sagas, payments and holds follow it. */
let ahead = 0
const now = () => new Date(Date.now() + ahead)

let bank: Bank
let carrier: OutsideCarrier
let shop: Shop
before(async () => {
  ;[bank, carrier] = await Promise.all([openBank({ buyers: 'decide' }), openCarrier()])
  shop = await openShop(
    { DELIVERY_SANDBOX: 'auto', MAX_OPEN_ORDERS: '0', MAX_HELD_PER_VARIANT: '0', ACCESS_TOKEN_TTL_SECONDS: '86400' },
    { now, providers: [bank.provider], carriers: [carrier.carrier] },
  )
  bank.notify(shop.address)
})
after(async () => {
  await shop.close()
  await Promise.all([bank.close(), carrier.close()])
})

/** Places orders until `isOver`: half of them online, half for cash. One in six is cancelled at once. Returns their ids. */
async function buyUntil(variant_id: string, isOver: () => boolean): Promise<readonly string[]> {
  const as = await shop.customer()
  const ids: string[] = []
  while (!isOver()) {
    const id = randomUUID()
    const payment_method = ids.length % 2 === 0 ? 'online' : 'cash_on_delivery'
    const body = { ...toCourier, payment_method, items: [{ variant_id, quantity: 1 }] }
    const { status, text } = await shop.send(as, `PUT /orders/${id}`, { body })
    assert.equal(status, 201, text)
    ids.push(id)
    if (randomInt(6) === 0) await shop.send(as, `POST /orders/${id}/cancel`, { body: {} })
    await sleep(randomInt(200, 600))
  }
  return ids
}

type Unfinished = Readonly<{ id: string; state: string; payments: readonly string[] }>

/** A few of the orders that have not ended, with what they wait for. The difference of thousands of rows takes gigabytes. */
async function unfinished(ids: readonly string[], except: readonly string[] = []): Promise<readonly Unfinished[]> {
  const { rows } = await sql<Unfinished>`
    select o.id, s.state, array(select p.status from payments.payments p where p.subject_id = o.id) as payments
    from ordering.orders o join platform.saga s on s.key = o.id
    where o.id = any(${ids}::uuid[]) and o.status not in ('fulfilled', 'cancelled')
      and s.state <> all(${except}::text[]) limit 5`.execute(shop.app.db)
  return rows
}

/** Compares every order with the book of the bank and the list of the carrier. */
async function compareWithOutside(ids: readonly string[]): Promise<void> {
  const orders = await shop.app.db
    .selectFrom('ordering.orders')
    .select(['id', 'status', 'payment_method', 'total_amount', 'reason'])
    .where('id', 'in', ids)
    .execute()
  assert.equal(orders.length, ids.length, 'no order is lost')
  const payments = await shop.app.db.selectFrom('payments.payments').select(['id', 'subject_id']).execute()
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

type Outage = Readonly<{
  bank?: Mood
  carrier?: Mood
  seconds?: number
  /** Milliseconds that the clock gains each second. */ gain?: number
}>

async function liveThrough(
  t: TestContext,
  { bank: bankMood = 'well', carrier: carrierMood = 'well', ...options }: Outage,
) {
  const { seconds = outage, gain = 0 } = options
  const { variant_id } = await firstOf(shop, 'teas')
  const correction = { body: { delta: 100_000, reason: 'for a long day' } }
  assert.equal((await shop.send(staff, `POST /admin/variants/${variant_id}/stock`, correction)).status, 201)
  const end = Date.now() + (seconds + 2) * 1000
  const buyers = Array.from({ length: 4 }, () => buyUntil(variant_id, () => Date.now() > end))
  await sleep(1000)
  bank.become(bankMood)
  carrier.become(carrierMood)
  for (let second = 0; second < seconds; second++) {
    await sleep(1000)
    ahead += gain
  }
  bank.become('well')
  carrier.become('well')
  const returnedAt = performance.now()
  const ids = (await Promise.all(buyers)).flat()
  await eventually(
    async () => {
      const stuck = await unfinished(ids, ['awaiting-payment'])
      assert.deepEqual(stuck, [], 'every order has ended or waits for its buyer')
    },
    { within: recovery, every: 500 },
  )
  const took = Math.round(performance.now() - returnedAt)
  ahead += minutes(31)
  await eventually(async () => assert.deepEqual(await unfinished(ids), []), { within: recovery, every: 500 })
  t.diagnostic(`${ids.length} orders; all had ended or waited for their buyers ${took} ms after the return`)
  await compareWithOutside(ids)
  await eventually(async () => assert.deepEqual(await shop.violations(), {}), { within: 15_000, every: 1000 })
}

for (const mood of ['away', 'slow', 'silent', 'confused'] as const) {
  test(`while bank and carrier are ${mood}, orders wait; each ends right after their return (REL-3, F-1)`, async (t) =>
    await liveThrough(t, { bank: mood, carrier: mood }))
}

test('an hour without bank and carrier needs no operator (REL-3, F-1)', async (t) =>
  await liveThrough(t, { bank: 'away', carrier: 'away', seconds: 12, gain: minutes(5) }))

test('a bank that is away does not delay an order for cash (REL-3, F-1)', async () => {
  bank.become('away')
  const { variant_id } = await firstOf(shop, 'teas')
  const as = await shop.customer()
  const items = [{ variant_id, quantity: 1 }]
  const online = Array.from({ length: 20 }, () => placeOrder(shop, as, { ...toCourier, items }))
  await Promise.all(online)
  const { id } = await placeOrder(shop, as, { ...toCourier, items, payment_method: 'cash_on_delivery' })
  await orderBecomes(shop, { id, as }, 'fulfilled', 5000)
  bank.become('well')
})
