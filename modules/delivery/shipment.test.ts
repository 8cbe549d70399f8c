import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { shipmentStatuses, type ShipmentStatus } from './schema.ts'
import { after, minutes, seconds } from '#platform/values'
import {
  cancel,
  changeStatus,
  countWrongCode,
  deliver,
  isOver,
  nextStatuses,
  nextStatusesForStaff,
  type Parcel,
} from './shipment.ts'

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

test('the fifth wrong code locks the code for a quarter of an hour; then the count begins again (F-41, DLV-3)', () => {
  let attempts: Pick<Parcel, 'code_attempts' | 'code_locked_until'> = { code_attempts: 0, code_locked_until: null }
  for (let wrong = 1; wrong < 5; wrong++) {
    attempts = countWrongCode(attempts, now)
    assert.deepEqual(attempts, { code_attempts: wrong, code_locked_until: null })
  }
  const locked = { ...parcel('ready_for_pickup', 'pickup'), ...countWrongCode(attempts, now) }
  assert.deepEqual(locked.code_locked_until, after(now, minutes(15)))

  const lastSecond = after(now, minutes(15) - seconds(1))
  const end = after(now, minutes(15))
  const outcome = (code: 'right' | 'wrong', moment: Date) => deliver(locked, { by: 'courier', code }, moment)
  assert.deepEqual(outcome('right', lastSecond), { kind: 'refused', reason: 'code-locked', retry_after: 1 })
  assert.equal(outcome('right', end).kind, 'changed')
  assert.deepEqual(outcome('wrong', end), { kind: 'refused', reason: 'wrong-code', attempts_left: 4 })
  assert.deepEqual(countWrongCode(locked, end), { code_attempts: 1, code_locked_until: null })
})

test('staff deliver a parcel without a code, and a delivered one again; couriers do not (DLV-1, DLV-3)', () => {
  assert.deepEqual(deliver(parcel('in_transit'), { by: 'staff' }, now), {
    kind: 'changed',
    from: 'in_transit',
    to: { status: 'delivered', delivered_at: now },
  })
  assert.deepEqual(deliver(parcel('delivered'), { by: 'staff' }, now), { kind: 'unchanged' })
  for (const status of ['pending', 'in_transit', 'delivered'] as const) {
    const refused = { kind: 'refused', reason: 'no-pickup-code' }
    assert.deepEqual(deliver(parcel(status), { by: 'courier' }, now), refused)
  }
})

test('a parcel keeps its status while its carrier gets the cancellation (F-13, DLV-6)', () => {
  const reasonOf = (status: ShipmentStatus) => {
    const decision = changeStatus({ ...parcel(status), cancelling_at: now }, 'in_transit', { now })
    return decision.kind === 'refused' ? decision.reason : decision.kind
  }
  assert.equal(reasonOf('pending'), 'shipment-being-cancelled')
  assert.equal(reasonOf('cancelled'), 'shipment-status-not-allowed')
})

test('a returned parcel keeps the reason of its failure, unless staff give another (DLV-2)', () => {
  const reasonOf = (from: Parcel, to: 'failed' | 'returned', reason?: string) => {
    const decision = changeStatus(from, to, { now, reason })
    return decision.kind === 'changed' && 'reason' in decision.to ? decision.to.reason : undefined
  }
  const failed = { ...parcel('failed'), reason: 'customer-absent' }
  assert.equal(reasonOf(parcel('in_transit'), 'failed', 'customer-absent'), 'customer-absent')
  assert.equal(reasonOf(parcel('in_transit'), 'failed'), 'unspecified')
  assert.equal(reasonOf(failed, 'returned'), 'customer-absent')
  assert.equal(reasonOf(failed, 'returned', 'refused-by-customer'), 'refused-by-customer')
  assert.equal(reasonOf(parcel('failed'), 'returned'), 'unspecified')
})
