import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { shipmentCancelled, shipmentCreated, shipmentFailed, shipmentStatusChanged } from '#delivery/events'
import { paymentCompleted, paymentRefunded, paymentRefundRefused, paymentStarted } from '#payments/events'
import { anna } from '#platform/testing'
import { newId } from '#platform/values'
import { openOrderingTest, teaItems, type OrderingTest } from '../testing.ts'

let shop: OrderingTest
before(async () => {
  shop = await openOrderingTest()
})
after(async () => await shop.close())

/** Places an order that is paid and has a shipment, and returns the events that can follow. */
async function placeShipped() {
  const { id } = await shop.place(anna, { delivery_method: 'pickup', items: teaItems() })
  const subject = { subject_type: 'order' as const, subject_id: id, user_id: anna.user_id }
  const charge = { ...subject, payment_id: newId(), amount: 50_000, currency: 'RUB', provider: 'sandbox' }
  const shipment = { shipment_id: newId(), order_id: id }
  const transaction_id = 'b-1'
  const failures = await shop.deliver(
    paymentStarted({ ...charge, status: 'pending' }),
    paymentCompleted({ ...charge, status: 'completed', transaction_id }),
    shipmentCreated({ ...shipment, method: 'pickup', status: 'pending', tracking_number: null }),
  )
  assert.deepEqual(failures, [])
  const refund = { refund_id: newId(), refund_amount: 50_000, refunded_amount: 50_000, fully_refunded: true }
  const refundRefused = paymentRefundRefused({ ...charge, ...refund, status: 'completed' })
  return { id, shipment, refunded: paymentRefunded({ ...charge, ...refund, status: 'refunded' }), refundRefused }
}

test('a late status does not set back a shipment that has failed, so that its order can be cancelled (ORD-6)', async () => {
  const { id, shipment, refunded } = await placeShipped()
  const sent = shipmentStatusChanged({ ...shipment, from: 'pending', to: 'out_for_delivery' })
  const failed = shipmentStatusChanged({ ...shipment, from: 'out_for_delivery', to: 'failed' })
  await shop.deliver(failed, shipmentFailed({ ...shipment, reason: 'The address does not exist' }), sent)
  assert.deepEqual(await shop.deliver(refunded), [])
  const { status, shipment: shown } = await shop.show(anna, id)
  assert.deepEqual([status, shown?.status], ['cancelled', 'failed'])
})

test('an order whose shipment is cancelled although its carrier had refused is refunded (ORD-6)', async () => {
  const { id, shipment, refunded } = await placeShipped()
  await shop.deliver(shipmentCancelled(shipment))
  assert.equal((await shop.published(id, 'ordering.payment-cancellation-requested.v1')).length, 1)
  assert.deepEqual(await shop.deliver(refunded), [])
  assert.equal((await shop.show(anna, id)).status, 'cancelled')
})

test('the goods of a failed parcel are expected back before the bank has refunded, once (CAT-13, PAY-5)', async () => {
  for (const goods_left of [true, false]) {
    const { id, shipment, refunded, refundRefused } = await placeShipped()
    const failed = shipmentFailed({ ...shipment, reason: 'The customer refused the parcel', goods_left })
    assert.deepEqual(await shop.deliver(failed, refundRefused), [])
    assert.notEqual((await shop.show(anna, id)).status, 'cancelled')
    const { number } = await shop.show(anna, id)
    const expected = async () => (await shop.published(id, 'ordering.return-expected.v1')).map(({ data }) => data)
    assert.deepEqual(await expected(), goods_left ? [{ order_id: id, number }] : [])
    assert.deepEqual(await shop.deliver(shipmentFailed({ ...shipment, reason: 'again', goods_left }), refunded), [])
    assert.equal((await expected()).length, goods_left ? 1 : 0)
    assert.equal((await shop.show(anna, id)).status, 'cancelled')
  }
})
