import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { newId } from '#platform/values'
import { carriers } from './index.ts'

const newRequest = (delivery_address: string | null) => ({
  id: newId(),
  order_id: newId(),
  order_number: '2026-7K3M9Q',
  user_id: newId(),
  method: 'courier' as const,
  pickup_point_id: null,
  delivery_address,
  recipient_name: 'Анна',
  recipient_phone: '+79990000000',
  comment: null,
  weight_grams: 300,
  cash_to_collect: 0,
  currency: 'RUB',
})
const shipmentOf = ({ id }: { id: string }) => ({ id, tracking_number: null })

for (const carrier of carriers)
  void suite(`the carrier ${carrier.method} keeps the contract of every carrier (DLV-3)`, () => {
    test('a shipment is created, and a repeat is created with the same status', async () => {
      const request = newRequest('Коломна, Посадская 12')
      const first = await carrier.create(request)
      const second = await carrier.create(request)
      assert.ok(first.kind === 'created' && second.kind === 'created')
      assert.deepEqual([second.status, second.tracking_number], [first.status, first.tracking_number])
      assert.equal(first.status === 'ready_for_pickup', first.pickup_code !== null, 'a parcel to collect has a code')
    })

    test('a cancellation may be repeated, also for a shipment that was never created', async () => {
      const request = newRequest('Коломна, Посадская 12')
      const first = await carrier.cancel(shipmentOf(request))
      assert.ok(first.kind === 'cancelled' || first.kind === 'requested')
      await carrier.create(request)
      for (let i = 0; i < 2; i++) assert.deepEqual(await carrier.cancel(shipmentOf(request)), first)
    })
  })

test('a courier needs an address (DLV-3)', async () => {
  const courier = carriers.find(({ method }) => method === 'courier')
  assert.deepEqual(await courier?.create(newRequest(null)), { kind: 'refused', reason: 'address-missing' })
})

test('a pickup is ready at once and needs no address (DLV-3)', async () => {
  const pickup = carriers.find(({ method }) => method === 'pickup')
  const outcome = await pickup?.create(newRequest(null))
  assert.ok(outcome?.kind === 'created')
  assert.equal(outcome.status, 'ready_for_pickup')
  assert.match(outcome.pickup_code ?? '', /^\d{6}$/)
})
