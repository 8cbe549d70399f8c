import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { DiscrepancyView } from '#dispatch/fleet/discrepancy-schema'
import { ReportStepsView } from '#dispatch/fleet/schema'
import { Page } from '#platform/schema'
import { eventually, expectResponse } from '#platform/testing'
import { ownParcel, parcelOf, registerCourier } from './courier-steps.ts'
import { openShop, staff, stockOf, type Shop } from './open-shop.ts'
import { firstOf, orderBecomes, placeOrder, shipmentOf, toCourier } from './purchase-steps.ts'

let shop: Shop
let ivan: string
before(async () => {
  shop = await openShop()
  ivan = await registerCourier(shop)
  const body = { duty: 'on', name: 'Иван', most_parcels: 90 }
  assert.equal((await shop.send(ivan, 'PUT /dispatch/me/duty', { body })).status, 200)
})
after(async () => {
  assert.deepEqual(await shop.violations(), {}, 'every invariant holds at the end')
  await shop.close()
})

/** An order for cash whose parcel the courier has accepted. */
async function acceptedOrder() {
  const as = await shop.customer()
  const { variant_id } = await firstOf(shop, 'teas')
  const stock = await stockOf(shop, variant_id)
  const cash = { ...toCourier, payment_method: 'cash_on_delivery', items: [{ variant_id, quantity: 1 }] }
  const { id, total_amount } = await placeOrder(shop, as, cash)
  await orderBecomes(shop, { id, as }, 'shipping')
  const parcel = await parcelOf(shop, { id, courier: ivan, status: 'offered' })
  expectResponse(await shop.send(ivan, `POST /dispatch/me/parcels/${parcel.id}/accept`), 200)
  const pin = (await ownParcel(shop, { id, as })).pin ?? assert.fail('The customer sees no PIN')
  return { id, as, parcel_id: parcel.id, pin, total_amount, variant_id, stock }
}
type Accepted = Awaited<ReturnType<typeof acceptedOrder>>

const parcelStatus = async (parcel_id: string) => {
  const { rows } = await sql<{ status: string }>`
    select status from dispatch.parcels where id = ${parcel_id}`.execute(shop.app.db)
  return rows[0]?.status
}

const cashOf = async ({ id }: Accepted) => {
  const { rows } = await sql<{ status: string }>`
    select status from payments.payments where subject_id = ${id}`.execute(shop.app.db)
  return rows.map(({ status }) => status)
}

/** The order, its shipment, its parcel, its payment and the stock agree: the customer has the goods, or the shop has. */
async function endsAs(order: Accepted, end: 'delivered' | 'cancelled') {
  await orderBecomes(shop, order, end === 'delivered' ? 'fulfilled' : 'cancelled')
  await eventually(async () => {
    assert.equal((await shipmentOf(shop, order)).status, end)
    assert.equal(await parcelStatus(order.parcel_id), end)
    assert.deepEqual(await cashOf(order), [end === 'delivered' ? 'completed' : 'failed'])
    const sold = end === 'delivered' ? 1 : 0
    const { stock } = order
    assert.deepEqual(await stockOf(shop, order.variant_id), { ...stock, on_hand: stock.on_hand - sold })
  })
}

test('a customer cancels while the courier reports: the order has the end that its parcel has (DSP-9, DLV-6)', async () => {
  for (let round = 0; round < 12; round++) {
    const order = await acceptedOrder()
    const report = (step: string, more: object = {}) => ({
      id: randomUUID(),
      at: new Date().toISOString(),
      parcel_id: order.parcel_id,
      step,
      ...more,
    })
    const reports = [report('pick-up'), report('deliver', { pin: order.pin, cash_collected: order.total_amount })]
    const both = [
      () => shop.send(order.as, `POST /orders/${order.id}/cancel`, { body: {} }),
      () => shop.send(ivan, 'POST /dispatch/me/reports', { body: { reports } }),
    ]
    if (round % 2 === 1) both.reverse()
    await Promise.all(both.map((each) => each()))
    await eventually(async () => assert.match((await parcelStatus(order.parcel_id)) ?? '', /delivered|cancelled/))
    await endsAs(order, (await parcelStatus(order.parcel_id)) === 'delivered' ? 'delivered' : 'cancelled')
  }
})

test('cash that a courier collects without a network for a cancelled order is kept for staff (DSP-12, DSP-9)', async () => {
  const order = await acceptedOrder()
  assert.ok((await shop.send(order.as, `POST /orders/${order.id}/cancel`, { body: {} })).status < 300)
  await endsAs(order, 'cancelled')
  const report = { at: new Date().toISOString(), parcel_id: order.parcel_id }
  const reports = [
    { ...report, id: randomUUID(), step: 'pick-up' },
    { ...report, id: randomUUID(), step: 'deliver', pin: order.pin, cash_collected: order.total_amount },
  ]
  const sent = await shop.send(ivan, 'POST /dispatch/me/reports', { body: { reports } })
  const { results } = expectResponse(sent, 200, ReportStepsView)
  assert.deepEqual(
    results.map(({ outcome }) => outcome),
    ['kept', 'kept'],
  )
  const list = await shop.send(staff, 'GET /dispatch/discrepancies?is_resolved=false')
  const items = expectResponse(list, 200, Page(DiscrepancyView)).items.filter(({ order_id }) => order_id === order.id)
  assert.deepEqual(Object.fromEntries(items.map(({ reported, cash_collected }) => [reported, cash_collected])), {
    delivered: order.total_amount,
    picked_up: null,
  })
})

test('a parcel that is delivered while delivery cannot cancel its shipment is paid for (DSP-9, DLV-6)', async () => {
  const order = await acceptedOrder()
  const held = await shop.app.db.connection().execute(async (connection) => {
    await sql`begin`.execute(connection)
    await sql`lock table delivery.shipments in access exclusive mode`.execute(connection)
    assert.ok((await shop.send(order.as, `POST /orders/${order.id}/cancel`, { body: {} })).status < 300)
    for (const [step, body] of [
      ['pick-up', undefined],
      ['deliver', { pin: order.pin, cash_collected: order.total_amount }],
    ] as const) {
      const path = `POST /dispatch/me/parcels/${order.parcel_id}/${step}` as const
      expectResponse(await shop.send(ivan, path, body ? { body } : {}), 200)
    }
    await sql`commit`.execute(connection)
    return true
  })
  assert.ok(held)
  await endsAs(order, 'delivered')
})
