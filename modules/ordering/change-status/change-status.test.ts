import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { shipmentCreated, shipmentStatusChanged } from '#delivery/events'
import { paymentCompleted, paymentStarted } from '#payments/events'
import { anna, expectProblem, expectResponse, olga } from '#platform/testing'
import { newId } from '#platform/values'
import { StatusChanged } from '../schema.ts'
import { openOrderingTest, paymentOf, teaItems, type OrderingTest } from '../testing.ts'

let shop: OrderingTest
before(async () => {
  shop = await openOrderingTest()
})
after(async () => await shop.close())

const fulfil = (id: string) => shop.send(olga, `PATCH /admin/orders/${id}/status`, { body: { status: 'fulfilled' } })

/** Places an order and brings it to the status `shipping`. */
async function shipped(): Promise<string> {
  const { id } = await shop.place(anna, { delivery_method: 'pickup', items: teaItems() })
  const payment = paymentOf(id)
  const shipment = { shipment_id: newId(), order_id: id, method: 'pickup', tracking_number: null } as const
  await shop.deliver(
    paymentStarted(payment),
    paymentCompleted({ ...payment, status: 'completed', transaction_id: 'b-1' }),
    shipmentCreated({ ...shipment, status: 'ready_for_pickup' }),
  )
  return id
}

test('staff do not fulfil an order whose shipment failed, also while ordering does not know it yet (DLV-1, ORD-4)', async () => {
  const others = { failed: [], returned: [], cancelled: ['cancelled'] }
  for (const status of ['failed', 'returned', 'cancelled'] as const) {
    const id = await shipped()
    shop.stubs.shipmentStatus = status
    const { allowed } = expectProblem(await fulfil(id), 409, 'order-status-not-allowed')
    assert.deepEqual(allowed, others[status], status)
    assert.equal((await shop.show(anna, id)).status, 'shipping', status)
    delete shop.stubs.shipmentStatus
  }
  const id = await shipped()
  await shop.deliver(
    shipmentStatusChanged({ shipment_id: newId(), order_id: id, from: 'ready_for_pickup', to: 'failed' }),
  )
  expectProblem(await fulfil(id), 409, 'order-status-not-allowed')
})

test('staff fulfil an order that waits in the shop, and again without a change (ORD-4)', async () => {
  const id = await shipped()
  shop.stubs.shipmentStatus = 'ready_for_pickup'
  for (const attempt of [1, 2]) {
    const changed = expectResponse(await fulfil(id), 200, StatusChanged)
    assert.equal(changed.status, 'fulfilled', `attempt ${attempt}`)
  }
  assert.equal((await shop.published(id, 'ordering.order-fulfilled.v1')).length, 1)
  delete shop.stubs.shipmentStatus
})
