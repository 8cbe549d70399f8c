import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isRefusal } from '#platform/outcome'
import { newId } from '#platform/values'
import { chooseCouriers, haversine, type Candidate, type WaitingParcel } from './choose-courier.ts'
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
import { parcelStatuses } from './schema.ts'

const isOver = (status: string) => ['delivered', 'returned', 'cancelled'].includes(status)

const now = new Date('2026-11-21T09:00:00Z')
const later = new Date('2026-11-21T09:01:00Z')
const [pyotr, ivan] = [newId(), newId()]

const parcel = (facts: Partial<Parcel> = {}): Parcel & { reason: string | null } => ({
  status: 'waiting',
  courier_id: null,
  pin: '1234',
  pin_attempts: 0,
  pinned: false,
  declined_by: [],
  offer_expires_at: null,
  reason: null,
  ...facts,
})

test('a courier answers only an offer that is his, and in time (DSP-10)', () => {
  const offered = parcel({ status: 'offered', courier_id: pyotr, offer_expires_at: later })
  assert.deepEqual(accept(offered, { courier_id: ivan, now }), { kind: 'refused', reason: 'not-yours' })
  assert.deepEqual(accept(offered, { courier_id: pyotr, now: later }), { kind: 'refused', reason: 'offer-expired' })
  const accepted = accept(offered, { courier_id: pyotr, now })
  assert.ok(accepted.kind === 'changed' && accepted.status === 'accepted' && accepted.offer_expires_at === null)
  assert.equal(expire(offered, now).kind, 'refused')
  const expired = expire(offered, later)
  assert.ok(expired.kind === 'changed' && expired.status === 'waiting')
  assert.deepEqual(expired.declined_by, [pyotr])
  assert.equal(
    offer(parcel({ declined_by: [pyotr] }), { courier_id: pyotr, expires_at: later, assignment: '' }).kind,
    'refused',
  )
})

test('only the courier who has the parcel ends its way, and only with the PIN (DSP-10)', () => {
  const carried = parcel({ status: 'picked_up', courier_id: pyotr })
  for (const by of [{ courier_id: ivan, now }]) {
    assert.equal(deliver(carried, { ...by, isRightPin: true }).kind, 'refused')
    assert.equal(fail(carried, { ...by, reason: 'refused' }).kind, 'refused')
    assert.equal(pickUp(carried, by).kind, 'refused')
  }
  const by = { courier_id: pyotr, now }
  assert.deepEqual(deliver(carried, { ...by, isRightPin: false }), { kind: 'refused', reason: 'wrong-pin' })
  const locked = { ...carried, pin_attempts: 5 }
  assert.deepEqual(deliver(locked, { ...by, isRightPin: true }), { kind: 'refused', reason: 'pin-locked' })
  assert.equal(deliver(carried, { ...by, isRightPin: true }).kind, 'changed')
  assert.equal(giveBack(carried, by).kind, 'refused')
})

test('staff cannot take a parcel from the hands of its courier (DSP-10)', () => {
  const carried = parcel({ status: 'picked_up', courier_id: pyotr })
  assert.deepEqual(assignTo(carried, ivan), { kind: 'refused', reason: 'already-picked-up' })
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
          offer(current, { ...by, expires_at: later, assignment: 'near' }),
          accept(current, by),
          decline(current, by),
          expire(current, later),
          assignTo(current, by.courier_id),
          unassign(current),
          pickUp(current, by),
          deliver(current, { ...by, isRightPin: true }),
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

const candidate = (facts: Partial<Candidate> = {}): Candidate => ({
  id: newId(),
  name: 'Пётр',
  speed_kmh: 15,
  capacity_grams: 10_000,
  most_parcels: 3,
  position: { lat: 55.08, lng: 38.78 },
  carries: [],
  ...facts,
})
const waiting = (facts: Partial<WaitingParcel> = {}): WaitingParcel => ({
  id: newId(),
  weight_grams: 500,
  point: { lat: 55.09, lng: 38.79 },
  declined_by: [],
  ...facts,
})

test('a degree of latitude is 111 km, and streets are 1.3 times longer (DSP-10)', () => {
  const way = haversine({ lat: 55, lng: 38 }, { lat: 56, lng: 38 })
  assert.ok(Math.abs(way / 1.3 - 111.2) < 0.1, `${way}`)
})

test('the nearest courier with room gets the parcel, and the reason names the next one (DSP-10)', () => {
  const near = candidate({ name: 'Пётр' })
  const far = candidate({ name: 'Иван', position: { lat: 55.2, lng: 38.9 } })
  const [choice] = chooseCouriers([waiting()], [far, near])
  assert.equal(choice?.courier_id, near.id)
  assert.match(choice?.reason ?? '', /^arrives in \d+ min; \d+ min before Иван$/)
})

test('no courier gets more than he carries, none gets a parcel that he declined, and none idles beside one that he can take (DSP-10)', () => {
  const anyCandidate = fc
    .record({ capacity_grams: fc.integer({ min: 500, max: 5000 }), most_parcels: fc.integer({ min: 1, max: 3 }) })
    .map((facts) => candidate(facts))
  const anyParcel = fc.integer({ min: 100, max: 3000 }).map((weight_grams) => waiting({ weight_grams }))
  fc.assert(
    fc.property(
      fc.array(anyParcel, { maxLength: 8 }),
      fc.array(anyCandidate, { maxLength: 4 }),
      fc.nat(3),
      (parcels, couriers, decliner) => {
        const declined_by = couriers[decliner] ? [couriers[decliner].id] : []
        const all = parcels.map((each) => ({ ...each, declined_by }))
        const choices = chooseCouriers(all, couriers)
        assert.equal(new Set(choices.map(({ parcel_id }) => parcel_id)).size, choices.length)
        for (const { id, capacity_grams, most_parcels } of couriers) {
          const own = choices.filter(({ courier_id }) => courier_id === id)
          const weight = own.reduce(
            (sum, { parcel_id }) => sum + all.find((each) => each.id === parcel_id)!.weight_grams,
            0,
          )
          assert.ok(own.length <= most_parcels && weight <= capacity_grams)
          if (declined_by.includes(id)) assert.equal(own.length, 0)
          const left = all.filter((each) => !choices.some(({ parcel_id }) => parcel_id === each.id))
          for (const each of declined_by.includes(id) ? [] : left)
            assert.ok(own.length === most_parcels || weight + each.weight_grams > capacity_grams)
        }
      },
    ),
  )
})
