import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { begin, callOff, deliver, move, movesByHand, movesOf, type Parcel } from './shipment.ts'
import { isOver, statuses, type Status } from './status.ts'

const now = new Date('2026-05-01T10:00:00Z')
const parcel = (status: Status, method: 'pickup' | 'courier' = 'courier'): Parcel => ({
  method,
  status,
  pickup_code: method === 'pickup' ? '012345' : null,
  failed_because: null,
})
const someStatus = fc.constantFrom(...statuses)
const someParcel = fc
  .tuple(someStatus, fc.constantFrom('pickup' as const, 'courier' as const))
  .map(([status, method]) => parcel(status, method))

test('whatever staff try, a shipment only goes the ways that lead on (DLV-2)', () => {
  fc.assert(
    fc.property(someParcel, someStatus, (from, to) => {
      const moving = move(from, to, { now })
      if (moving.kind === 'stands') return assert.equal(from.status, to)
      if (moving.kind === 'refused') return assert.deepEqual(moving.allowed, movesByHand(from))
      assert.ok(movesOf(from).includes(to))
      assert.equal(moving.standing.status, to)
      return assert.ok(!isOver(from.status))
    }),
  )
})

test('every walk ends: nothing goes on from delivered, returned or cancelled, and none walks for ever in failure (DLV-2)', () => {
  assert.deepEqual(statuses.filter(isOver), ['delivered', 'returned', 'cancelled'])
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 40 }), (choices) => {
      const walked: Status[] = ['pending']
      for (const choice of choices) {
        const ways = movesOf(parcel(walked.at(-1) as Status))
        if (ways.length > 0) walked.push(ways[choice % ways.length] as Status)
      }
      assert.ok(walked.filter((status) => isOver(status)).length <= 1)
      if (walked.includes('failed')) assert.ok(!walked.includes('delivered'), 'a refunded parcel was delivered')
    }),
  )
})

test('an order takes its shipment back only until somebody carries it away (DLV-1)', () => {
  const recalled = (status: Status) => callOff(parcel(status), now).kind
  assert.equal(recalled('pending'), 'moved')
  assert.equal(callOff(parcel('ready_for_pickup', 'pickup'), now).kind, 'moved')
  assert.equal(recalled('cancelled'), 'stands')
  for (const status of ['handed_over', 'in_transit', 'out_for_delivery', 'delivered', 'failed', 'returned'] as const) {
    assert.deepEqual(callOff(parcel(status), now), { kind: 'refused', reason: 'under-way', status })
  }
})

test('staff do not call a shipment off: that is the order’s business (ORD-7)', () => {
  assert.equal(move(parcel('pending'), 'cancelled', { now }).kind, 'refused')
})

test('a courier needs the code of a pickup, staff do not, and nobody gets by with a wrong one (DLV-3)', () => {
  const ready = parcel('ready_for_pickup', 'pickup')
  const outcome = (by: 'staff' | 'courier', code?: string) => {
    const delivering = deliver(ready, { by, code }, now)
    return delivering.kind === 'refused' ? delivering.reason : delivering.kind
  }
  assert.equal(outcome('courier'), 'code-missing')
  assert.equal(outcome('courier', '012345'), 'moved')
  assert.equal(outcome('staff'), 'moved')
  assert.equal(outcome('staff', '543210'), 'wrong-code')
  assert.equal(outcome('courier', '543210'), 'wrong-code')
})

test('nobody carries by CDEK yet, and a courier does not leave without an address (DLV-3)', () => {
  const reason = (method: 'pickup' | 'courier' | 'cdek', delivery_address: string | null) => {
    const beginning = begin({ method, delivery_address }, () => '123456')
    return beginning.kind === 'refused' ? beginning.reason : beginning.first
  }
  assert.equal(reason('cdek', 'Lenina 1'), 'no-carrier')
  assert.equal(reason('courier', null), 'address-missing')
  assert.deepEqual(reason('courier', 'Lenina 1'), { status: 'pending', pickup_code: null })
  assert.deepEqual(reason('pickup', null), { status: 'ready_for_pickup', pickup_code: '123456' })
})
