import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isRefusal } from '#platform/outcome'
import { newId } from '#platform/values'
import {
  accept,
  assignTo,
  decline,
  deliver,
  expire,
  fail,
  follow,
  giveBack,
  offer,
  pickUp,
  unassign,
  type Parcel,
} from './parcel.ts'
import { parsePoint } from './point.ts'
import { parcelStatuses } from './schema.ts'
import { grid, haversine, timesBy } from './travel-times.ts'
import { volumeOf } from './volume.ts'

const isOver = (status: string) => ['delivered', 'returned', 'cancelled'].includes(status)

const now = new Date('2026-11-21T09:00:00Z')
const later = new Date('2026-11-21T09:01:00Z')
const [pyotr, ivan] = [newId(), newId()]
const nearest = { en: 'the nearest', ru: 'ближайший' }

const parcel = (facts: Partial<Parcel> = {}): Parcel & { reason: string | null } => ({
  status: 'waiting',
  courier_id: null,
  pin: '1234',
  pin_attempts: 0,
  cash_to_collect: 0,
  arrived_at: null,
  pinned: false,
  declined_by: [],
  offer_expires_at: null,
  reason: null,
  ...facts,
})

const proved = { pin: 'right', hasImage: false, cash_collected: 0 } as const

test('a courier answers only an offer that is his, and in time (DSP-10)', () => {
  const offered = parcel({ status: 'offered', courier_id: pyotr, offer_expires_at: later })
  assert.deepEqual(accept(offered, { courier_id: ivan, now }), { kind: 'refused', reason: 'not-yours' })
  assert.deepEqual(accept(offered, { courier_id: pyotr, now: later }), { kind: 'refused', reason: 'offer-expired' })
  const accepted = accept(offered, { courier_id: pyotr, now })
  assert.ok(accepted.kind === 'changed' && accepted.status === 'accepted' && accepted.offer_expires_at === null)
  assert.equal(expire(offered, now).kind, 'refused')
  const expired = expire(offered, later)
  assert.ok(expired.kind === 'changed' && expired.status === 'waiting')
  assert.deepEqual(expired.declined_by, [])
  assert.equal(
    offer(parcel({ declined_by: [pyotr] }), { courier_id: pyotr, expires_at: later, assignment: nearest }).kind,
    'refused',
  )
})

test('only the courier who has the parcel ends its way, and only with the PIN (DSP-10)', () => {
  const carried = parcel({ status: 'picked_up', courier_id: pyotr })
  for (const by of [{ courier_id: ivan, now }]) {
    assert.equal(deliver(carried, { ...by, ...proved }).kind, 'refused')
    assert.equal(fail(carried, { ...by, reason: 'refused' }).kind, 'refused')
    assert.equal(pickUp(carried, by).kind, 'refused')
  }
  const by = { courier_id: pyotr, now }
  assert.deepEqual(deliver(carried, { ...by, ...proved, pin: 'wrong' }), { kind: 'refused', reason: 'wrong-pin' })
  const locked = { ...carried, pin_attempts: 5 }
  assert.deepEqual(deliver(locked, { ...by, ...proved }), { kind: 'refused', reason: 'pin-locked' })
  assert.equal(deliver(carried, { ...by, ...proved }).kind, 'changed')
  assert.equal(giveBack(carried, by).kind, 'refused')
})

test('an image stands for the PIN only where the shop allows it, and never for cash (DSP-10)', () => {
  const carried = parcel({ status: 'picked_up', courier_id: pyotr })
  const left = { courier_id: pyotr, now, pin: 'absent', hasImage: true, cash_collected: 0 } as const
  assert.equal(deliver(carried, left).kind, 'changed')
  const missing = { kind: 'refused', reason: 'pin-missing' }
  assert.deepEqual(deliver(carried, { ...left, hasImage: false }), missing)
  assert.deepEqual(deliver({ ...carried, cash_to_collect: 500 }, { ...left, cash_collected: 500 }), missing)
})

test('cash is delivered for the exact sum only (DSP-10)', () => {
  const carried = parcel({ status: 'picked_up', courier_id: pyotr, cash_to_collect: 500 })
  const by = { courier_id: pyotr, now, ...proved }
  for (const cash_collected of [0, 499, 501])
    assert.deepEqual(deliver(carried, { ...by, cash_collected }), { kind: 'refused', reason: 'wrong-cash' })
  assert.equal(deliver(carried, { ...by, cash_collected: 500 }).kind, 'changed')
})

test('staff cannot take a parcel from the hands of its courier (DSP-10)', () => {
  const carried = parcel({ status: 'picked_up', courier_id: pyotr })
  assert.deepEqual(assignTo(carried, { id: ivan, may_deliver: true }), { kind: 'refused', reason: 'already-picked-up' })
  assert.deepEqual(unassign(carried), { kind: 'refused', reason: 'already-picked-up' })
})

test('a cancelled parcel that a courier has comes back, and a delivered one stays delivered (DSP-9)', () => {
  const back = follow(parcel({ status: 'picked_up', courier_id: pyotr }), 'cancelled')
  assert.ok(back.kind === 'changed' && back.status === 'failed' && back.reason === 'cancelled')
  for (const to of ['delivered', 'failed', 'returned', 'cancelled'] as const)
    assert.equal(follow(parcel({ status: 'delivered', courier_id: pyotr }), to).kind, 'unchanged')
})

test('every change keeps the facts that its status needs, and an ended parcel has no further change (DSP-10)', () => {
  const steps = fc.array(fc.nat(9), { maxLength: 30 })
  fc.assert(
    fc.property(steps, (moves) => {
      const current = parcel() as { -readonly [Field in keyof Parcel]: Parcel[Field] } & { reason: string | null }
      for (const move of moves) {
        const by = { courier_id: move % 2 ? pyotr : ivan, now }
        const decisions = [
          offer(current, { ...by, expires_at: later, assignment: nearest }),
          accept(current, by),
          decline(current, by),
          expire(current, later),
          assignTo(current, { id: by.courier_id, may_deliver: true }),
          unassign(current),
          pickUp(current, by),
          deliver(current, { ...by, ...proved }),
          fail(current, { ...by, reason: 'refused' }),
          giveBack(current, by),
        ]
        const decision = decisions[move]!
        if (isRefusal(decision) || decision.kind === 'unchanged') continue
        assert.ok(!isOver(current.status))
        const { kind: _, assignment: __, ...change } = decision
        Object.assign(current, change)
        assert.ok(parcelStatuses.includes(current.status))
        assert.equal(current.status === 'offered', current.offer_expires_at !== null)
        if (current.status === 'waiting') assert.deepEqual([current.courier_id, current.pinned], [null, false])
        if (['offered', 'accepted', 'picked_up'].includes(current.status)) assert.notEqual(current.courier_id, null)
        assert.equal(['failed', 'returned'].includes(current.status), current.reason !== null)
      }
    }),
    { numRuns: 500 },
  )
})

test('a degree of latitude is 111 km, and streets are 1.3 times longer (DSP-10)', () => {
  const way = haversine({ lat: 55, lng: 38 }, { lat: 56, lng: 38 })
  assert.ok(Math.abs(way / 1.3 - 111.2) < 0.1, `${way}`)
})

test('on a grid a courier goes north, then east (DSP-10)', () => {
  const [shop, corner, home] = [
    { lat: 55, lng: 38 },
    { lat: 55.01, lng: 38 },
    { lat: 55.01, lng: 38.02 },
  ]
  assert.ok(Math.abs(grid(shop, home) - grid(shop, corner) - grid(corner, home)) < 1e-9)
})

test('an address without coordinates is twelve minutes from every place (DSP-10)', async () => {
  const { places, seconds } = await timesBy(haversine)([null, { lat: 55, lng: 38 }])
  assert.deepEqual([places, ...seconds], [2, 0, 720, 720, 0])
})

test('a point is a latitude and a longitude, and no other text', () => {
  assert.deepEqual(parsePoint('55.1028, 38.7531'), { lat: 55.1028, lng: 38.7531 })
  for (const wrong of ['', 'Kolomna', '91,0', '0,181', '1', '1,2,3', 'NaN,0'])
    assert.equal(parsePoint(wrong), undefined, wrong)
})

test('a kilogram takes five litres, and no parcel takes less than one (DSP-10)', () => {
  assert.deepEqual([0, 200, 201, 1000].map(volumeOf), [1, 1, 2, 5])
})
