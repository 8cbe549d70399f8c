import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { ReturnView } from '#catalog/stock/return-schema'
import { ParcelView, RouteView, TrackedParcelView } from '#dispatch/fleet/schema'
import { eventually, expectProblem, expectResponse } from '#platform/testing'
import { ownParcel, parcelOf, registerCourier, type Parcel } from './courier-steps.ts'
import { guest, openShop, staff, stockOf, type Shop } from './open-shop.ts'
import {
  firstOf,
  orderBecomes,
  paymentsOf,
  placeOrder,
  press,
  shipmentOf,
  toCourier,
  type OwnOrder,
} from './purchase-steps.ts'

let shop: Shop
let pyotr: string
let ivan: string
before(async () => {
  shop = await openShop()
  pyotr = await courier('Пётр')
  ivan = await courier('Иван')
})
after(async () => {
  assert.deepEqual(await shop.violations(), {}, 'every invariant holds at the end')
  await shop.close()
})

/** Registers a courier, who is off duty, and returns the access token. */
async function courier(name: string): Promise<string> {
  const as = await registerCourier(shop)
  assert.equal((await duty(as, 'off', name)).status, 200)
  return as
}

const duty = (as: string, state: string, name?: string) =>
  shop.send(as, 'PUT /dispatch/me/duty', { body: { duty: state, ...(name && { name }) } })

const only = async (...couriers: readonly string[]) => {
  for (const as of [pyotr, ivan]) assert.equal((await duty(as, couriers.includes(as) ? 'on' : 'off')).status, 200)
}

/** A new customer orders one packet of tea by courier and pays. */
async function paidOrder(): Promise<OwnOrder & { variant_id: string; before: Awaited<ReturnType<typeof stockOf>> }> {
  const as = await shop.customer()
  const { variant_id } = await firstOf(shop, 'teas')
  const before = await stockOf(shop, variant_id)
  const { id } = await placeOrder(shop, as, { ...toCourier, items: [{ variant_id, quantity: 1 }] })
  await orderBecomes(shop, { id, as }, 'processing')
  await press(shop, id, 'approve')
  await orderBecomes(shop, { id, as }, 'shipping')
  return { id, as, variant_id, before }
}

const returnOf = async ({ id }: OwnOrder) =>
  expectResponse(await shop.send(staff, `GET /admin/returns/${id}`), 200, ReturnView)

const receive = async ({ id, variant_id }: OwnOrder & { variant_id: string }, counts: object) =>
  expectResponse(
    await shop.send(staff, `POST /admin/returns/${id}/receive`, { body: { items: [{ variant_id, ...counts }] } }),
    200,
    ReturnView,
  )

const step = async (as: string, { id }: Pick<Parcel, 'id'>, name: string, body?: object) =>
  expectResponse(await shop.send(as, `POST /dispatch/me/parcels/${id}/${name}`, body ? { body } : {}), 200, ParcelView)

test('an order by courier is offered, picked up, delivered with the PIN, and fulfilled (DSP-9)', async () => {
  await only(pyotr)
  const order = await paidOrder()
  const offered = await parcelOf(shop, { id: order.id, courier: pyotr, status: 'offered' })
  assert.match(offered.assignment ?? '', /^Delivery in \d+ min\. Пётр: \+\d+ min of travel/)
  for (let i = 0; i < 2; i++) assert.equal((await step(pyotr, offered, 'accept')).status, 'accepted')
  for (let i = 0; i < 2; i++) assert.equal((await step(pyotr, offered, 'pick-up')).status, 'picked_up')
  await eventually(async () => assert.equal((await shipmentOf(shop, order)).status, 'out_for_delivery'))

  const { pin, courier_name } = await ownParcel(shop, order)
  assert.equal(courier_name, 'Пётр')
  const wrong = pin === '0000' ? '1111' : '0000'
  const deliver = (body: object) => shop.send(pyotr, `POST /dispatch/me/parcels/${offered.id}/deliver`, { body })
  expectProblem(await deliver({ pin: wrong }), 409, 'wrong-pin')
  for (let i = 0; i < 2; i++) assert.equal((await step(pyotr, offered, 'deliver', { pin })).status, 'delivered')
  await orderBecomes(shop, order, 'fulfilled')
  assert.deepEqual(await ownParcel(shop, order), {
    order_id: order.id,
    status: 'delivered',
    courier_name: null,
    expected_at: null,
    arrived: false,
    pin: null,
  })
  const sold = { ...order.before, on_hand: order.before.on_hand - 1 }
  await eventually(async () => assert.deepEqual(await stockOf(shop, order.variant_id), sold))
})

test('a declined parcel goes to another courier, and never back to the one who declined (DSP-10)', async () => {
  await only(pyotr)
  const order = await paidOrder()
  const offered = await parcelOf(shop, { id: order.id, courier: pyotr, status: 'offered' })
  assert.equal((await step(pyotr, offered, 'decline')).status, 'waiting')
  await only(pyotr, ivan)
  const second = await parcelOf(shop, { id: order.id, courier: ivan, status: 'offered' })
  assert.equal(second.id, offered.id)
  expectProblem(await shop.send(pyotr, `POST /dispatch/me/parcels/${second.id}/accept`), 404, 'not-found')
  await step(ivan, second, 'accept')
  await step(ivan, second, 'pick-up')
  await step(ivan, second, 'deliver', { pin: (await ownParcel(shop, order)).pin })
  await orderBecomes(shop, order, 'fulfilled')
})

test('an offer without an answer goes to another courier (DSP-10)', async () => {
  await only(pyotr)
  const order = await paidOrder()
  const offered = await parcelOf(shop, { id: order.id, courier: pyotr, status: 'offered' })
  await sql`
    update dispatch.parcels set offer_expires_at = now() - interval '1 second' where id = ${offered.id}
  `.execute(shop.app.db)
  expectProblem(await shop.send(pyotr, `POST /dispatch/me/parcels/${offered.id}/accept`), 409, 'offer-expired')
  await only(pyotr, ivan)
  await parcelOf(shop, { id: order.id, courier: ivan, status: 'offered' })
})

test('a parcel that its customer does not take is refunded and comes back (DSP-10)', async () => {
  await only(pyotr)
  const order = await paidOrder()
  const offered = await parcelOf(shop, { id: order.id, courier: pyotr, status: 'offered' })
  await step(pyotr, offered, 'accept')
  await step(pyotr, offered, 'pick-up')
  await step(pyotr, offered, 'fail', { reason: 'no-answer' })
  await orderBecomes(shop, order, 'cancelled')
  await eventually(async () => {
    const payments = await paymentsOf(shop, order)
    assert.deepEqual(
      payments.map(({ status }) => status),
      ['refunded'],
    )
  })
  await eventually(async () => assert.equal((await shipmentOf(shop, order)).status, 'failed'))
  await eventually(async () => assert.equal((await returnOf(order)).state, 'expected'))
  const { before } = order
  const outside = { ...before, on_hand: before.on_hand - 1 }
  assert.deepEqual(await stockOf(shop, order.variant_id), outside)
  assert.equal((await step(pyotr, offered, 'return')).status, 'returned')
  await eventually(async () => assert.equal((await shipmentOf(shop, order)).status, 'returned'))
  await eventually(async () => assert.equal((await returnOf(order)).state, 'arrived'))
  assert.deepEqual(await stockOf(shop, order.variant_id), outside)
  await receive(order, { sellable: 1 })
  assert.deepEqual(await stockOf(shop, order.variant_id), before)
})

test('staff write off a damaged parcel at the counter, and its courier has no way back any more (DSP-10, CAT-13)', async () => {
  await only(pyotr)
  const order = await paidOrder()
  const offered = await parcelOf(shop, { id: order.id, courier: pyotr, status: 'offered' })
  await step(pyotr, offered, 'accept')
  await step(pyotr, offered, 'pick-up')
  await step(pyotr, offered, 'fail', { reason: 'damaged' })
  await orderBecomes(shop, order, 'cancelled')
  await eventually(async () => assert.equal((await returnOf(order)).state, 'expected'))
  await receive(order, { sellable: 0, damaged: 1 })
  await eventually(async () => assert.equal((await shipmentOf(shop, order)).status, 'returned'))
  await eventually(async () => assert.equal((await ownParcel(shop, order)).status, 'returned'))
  assert.deepEqual(await stockOf(shop, order.variant_id), { ...order.before, on_hand: order.before.on_hand - 1 })
})

test('an order that is cancelled before the courier leaves takes its parcel with it, and frees the stock (DSP-9)', async () => {
  await only(pyotr)
  const order = await paidOrder()
  const offered = await parcelOf(shop, { id: order.id, courier: pyotr, status: 'offered' })
  await step(pyotr, offered, 'accept')
  assert.ok((await shop.send(order.as, `POST /orders/${order.id}/cancel`)).status < 300)
  await orderBecomes(shop, order, 'cancelled')
  await eventually(async () => assert.equal((await ownParcel(shop, order)).status, 'cancelled'))
  expectProblem(await shop.send(pyotr, `POST /dispatch/me/parcels/${offered.id}/pick-up`), 409, 'not-accepted')
  await eventually(async () => assert.deepEqual(await stockOf(shop, order.variant_id), order.before))
})

test('an order whose courier is under way cannot be cancelled any more, and is fulfilled (DSP-9)', async () => {
  await only(pyotr)
  const order = await paidOrder()
  const offered = await parcelOf(shop, { id: order.id, courier: pyotr, status: 'offered' })
  await step(pyotr, offered, 'accept')
  await step(pyotr, offered, 'pick-up')
  await eventually(async () => assert.equal((await shipmentOf(shop, order)).status, 'out_for_delivery'))
  await shop.send(order.as, `POST /orders/${order.id}/cancel`)
  const { tracking_token } = await shipmentOf(shop, order)
  const tracked = () => shop.send(guest, `GET /dispatch/track/${tracking_token}`)
  assert.equal(expectResponse(await tracked(), 200, TrackedParcelView).courier_name, 'Пётр')
  await step(pyotr, offered, 'deliver', { pin: (await ownParcel(shop, order)).pin })
  expectProblem(await tracked(), 404, 'not-found')
  await orderBecomes(shop, order, 'fulfilled')
  const sold = { ...order.before, on_hand: order.before.on_hand - 1 }
  await eventually(async () => assert.deepEqual(await stockOf(shop, order.variant_id), sold))
})

test('a parcel that staff move to another courier is delivered by him alone (DSP-10)', async () => {
  await only(pyotr, ivan)
  const order = await paidOrder()
  const { id } = await shipmentOf(shop, order)
  const { courier: other } = expectResponse(await shop.send(ivan, 'GET /dispatch/me/route'), 200, RouteView)
  await only(pyotr)
  const offered = await parcelOf(shop, { id: order.id, courier: pyotr, status: 'offered' })
  await step(pyotr, offered, 'accept')
  const assigned = await shop.send(staff, `POST /dispatch/parcels/${id}/assign`, { body: { courier_id: other.id } })
  assert.equal(expectResponse(assigned, 200, ParcelView).courier_name, 'Иван')
  expectProblem(await shop.send(pyotr, `POST /dispatch/me/parcels/${id}/pick-up`), 404, 'not-found')
  await step(ivan, offered, 'pick-up')
  await step(ivan, offered, 'deliver', { pin: (await ownParcel(shop, order)).pin })
  await orderBecomes(shop, order, 'fulfilled')
})

test('without a courier on duty the parcel waits, and staff deliver it by hand (DSP-9)', async () => {
  await only()
  const order = await paidOrder()
  await eventually(async () => assert.equal((await ownParcel(shop, order)).status, 'waiting'))
  const { id } = await shipmentOf(shop, order)
  assert.equal((await shop.send(staff, `POST /delivery/${id}/deliver`)).status, 200)
  await orderBecomes(shop, order, 'fulfilled')
  await eventually(async () => assert.equal((await ownParcel(shop, order)).status, 'delivered'))
})

test('staff give a parcel to a courier, who need not accept it, and take it back (DSP-10)', async () => {
  await only()
  const order = await paidOrder()
  const { id } = await shipmentOf(shop, order)
  const { courier: ivanNow } = expectResponse(await shop.send(ivan, 'GET /dispatch/me/route'), 200, RouteView)
  const assign = () => shop.send(staff, `POST /dispatch/parcels/${id}/assign`, { body: { courier_id: ivanNow.id } })
  await eventually(async () => assert.equal((await ownParcel(shop, order)).status, 'waiting'))
  for (let i = 0; i < 2; i++) assert.equal(expectResponse(await assign(), 200, ParcelView).pinned, true)
  await only(pyotr)
  await parcelOf(shop, { id: order.id, courier: ivan, status: 'accepted' })
  assert.equal(
    expectResponse(await shop.send(staff, `POST /dispatch/parcels/${id}/unassign`), 200, ParcelView).status,
    'waiting',
  )
  await parcelOf(shop, { id: order.id, courier: pyotr, status: 'offered' })
})
