import assert from 'node:assert/strict'
import { after, before, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '#platform/testing'
import { minutes } from '#platform/values'
import { openShop, staff, type Shop } from '../../e2e/open-shop.ts'
import { firstOf, orderBecomes, placeOrder, toCourier } from '../../e2e/purchase-steps.ts'
import { openBank, type Bank } from './bank.ts'
import { openCarrier, type OutsideCarrier } from './carrier.ts'
import { compareWithOutside, placeOrdersUntil, unfinishedOrders } from './outside-orders.ts'
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
  const buyers = Array.from({ length: 4 }, async () => {
    const as = await shop.customer()
    return await placeOrdersUntil({ send: shop.send, as, variant_id, isOver: () => Date.now() > end })
  })
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
      const stuck = await unfinishedOrders(shop.app.db, ids, ['awaiting-payment'])
      assert.deepEqual(stuck, [], 'every order has ended or waits for its buyer')
    },
    { within: recovery, every: 500 },
  )
  const took = Math.round(performance.now() - returnedAt)
  ahead += minutes(31)
  await eventually(async () => assert.deepEqual(await unfinishedOrders(shop.app.db, ids), []), {
    within: recovery,
    every: 500,
  })
  t.diagnostic(`${ids.length} orders; all had ended or waited for their buyers ${took} ms after the return`)
  await compareWithOutside(ids, { orders: shop.app.db, payments: shop.app.db, bank, carrier })
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
