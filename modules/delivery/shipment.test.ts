import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { shipmentStatuses, type ShipmentStatus } from './schema.ts'
import { cancel, changeStatus, deliver, isOver, nextStatuses, nextStatusesForStaff, type Parcel } from './shipment.ts'

const now = new Date('2026-05-01T10:00:00Z')
const parcel = (status: ShipmentStatus, method: 'pickup' | 'courier' = 'courier'): Parcel => ({
  method,
  status,
  pickup_code: method === 'pickup' ? '012345' : null,
  reason: null,
  code_attempts: 0,
  code_locked_until: null,
  cancelling_at: null,
})
const statuses = fc.constantFrom(...shipmentStatuses)
const parcels = fc
  .tuple(statuses, fc.constantFrom('pickup' as const, 'courier' as const))
  .map(([status, method]) => parcel(status, method))

test('staff set only statuses that may follow the present one (DLV-2)', () => {
  fc.assert(
    fc.property(parcels, statuses, (from, to) => {
      const decision = changeStatus(from, to, { now })
      if (decision.kind === 'unchanged') return assert.equal(from.status, to)
      if (decision.kind === 'refused') {
        assert.ok(decision.reason === 'shipment-status-not-allowed')
        return assert.deepEqual(decision.allowed, nextStatusesForStaff(from))
      }
      assert.ok(nextStatuses(from).includes(to))
      assert.equal(decision.to.status, to)
      return assert.ok(!isOver(from.status))
    }),
  )
})

test('no status follows delivered, returned or cancelled, and a failed parcel is never delivered (DLV-2)', () => {
  assert.deepEqual(shipmentStatuses.filter(isOver), ['delivered', 'returned', 'cancelled'])
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 40 }), (choices) => {
      const life: ShipmentStatus[] = ['pending']
      for (const choice of choices) {
        const next = nextStatuses(parcel(life.at(-1) as ShipmentStatus))
        if (next.length > 0) life.push(next[choice % next.length] as ShipmentStatus)
      }
      assert.ok(life.filter((status) => isOver(status)).length <= 1)
      if (life.includes('failed')) assert.ok(!life.includes('delivered'), 'a refunded parcel was delivered')
    }),
  )
})

test('an order cancels its shipment only until the parcel leaves the shop (DLV-1)', () => {
  assert.equal(cancel(parcel('pending'), now).kind, 'changed')
  assert.equal(cancel(parcel('ready_for_pickup', 'pickup'), now).kind, 'changed')
  assert.equal(cancel(parcel('cancelled'), now).kind, 'unchanged')
  for (const status of ['handed_over', 'in_transit', 'out_for_delivery', 'delivered', 'failed', 'returned'] as const) {
    assert.deepEqual(cancel(parcel(status), now), { kind: 'refused', reason: 'under-way', status })
  }
})

test('staff do not cancel a shipment: they cancel its order (ORD-7)', () => {
  assert.equal(changeStatus(parcel('pending'), 'cancelled', { now }).kind, 'refused')
})

test('a courier needs the code of a pickup, staff do not, and a wrong code is always refused (DLV-3)', () => {
  const ready = parcel('ready_for_pickup', 'pickup')
  const outcome = (by: 'staff' | 'courier', code?: 'right' | 'wrong') => {
    const decision = deliver(ready, { by, code }, now)
    return decision.kind === 'refused' ? decision.reason : decision.kind
  }
  assert.equal(outcome('courier'), 'code-missing')
  assert.equal(outcome('courier', 'right'), 'changed')
  assert.equal(outcome('staff'), 'changed')
  assert.equal(outcome('staff', 'wrong'), 'wrong-code')
  assert.equal(outcome('courier', 'wrong'), 'wrong-code')
})
