import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { roles, userStatuses } from '../schema.ts'
import { decideLink, decideMerge, decideRevert, type Merge, type Side } from './merge.ts'

const moment = fc.integer({ min: 0, max: 3 }).map((day) => new Date(Date.UTC(2026, 10, 1 + day)))
const side = (id: string): fc.Arbitrary<Side> =>
  fc.record({
    id: fc.constant(id),
    status: fc.constantFrom(...userStatuses),
    role: fc.constantFrom(...roles),
    is_superadmin: fc.boolean(),
    created_at: moment,
  })
const sides = fc.record({ own: side('a'), other: side('b'), was_verified: fc.boolean() })
const customer = (id: string, day: number): Side => ({
  id,
  status: 'active',
  role: 'customer',
  is_superadmin: false,
  created_at: new Date(Date.UTC(2026, 10, day)),
})

test('only two active customers are merged, and each of them is one of the two sides (ID-12)', () => {
  fc.assert(
    fc.property(sides, ({ own, other, was_verified }) => {
      const decided = decideMerge(own, other, { was_verified })
      const mayMerge = [own, other].every(
        ({ status, role, is_superadmin }) => status === 'active' && role === 'customer' && !is_superadmin,
      )
      assert.equal(decided.kind, mayMerge ? 'merge' : 'refused')
      if (decided.kind === 'merge') assert.deepEqual([decided.from, decided.into].toSorted(), ['a', 'b'])
    }),
  )
})

test('both accounts agree which of them survives when both identities are proven (ID-12)', () => {
  fc.assert(
    fc.property(sides, ({ own, other }) => {
      const proof = { was_verified: true }
      assert.deepEqual(decideMerge(own, other, proof), decideMerge(other, own, proof))
    }),
  )
})

test('the older account survives, but not with a mailbox that it never proved (ID-12)', () => {
  const [old, young] = [customer('b', 1), customer('a', 2)]
  const survivorOf = (own: Side, other: Side, was_verified: boolean) => {
    const decided = decideMerge(own, other, { was_verified })
    return decided.kind === 'merge' && [decided.into, decided.password_moves]
  }
  assert.deepEqual(survivorOf(young, old, true), ['b', true])
  assert.deepEqual(survivorOf(old, young, true), ['b', true])
  assert.deepEqual(survivorOf(young, old, false), ['a', false])
})

test('an account without a proven identity may only prove its own mailbox (ID-12)', () => {
  const own = { ...customer('a', 1), is_proven: false }
  const refused = { kind: 'refused', reason: 'email-not-verified' }
  assert.deepEqual(decideLink(own, { user: own, was_verified: false, has_other: false }), { kind: 'link' })
  assert.deepEqual(decideLink(own, undefined), refused)
  for (const was_verified of [true, false])
    assert.deepEqual(decideLink(own, { user: customer('b', 2), was_verified, has_other: true }), refused)
})

test('a proof takes a mailbox from an account that only claimed it beside another identity (ID-12)', () => {
  const [own, user] = [{ ...customer('a', 2), is_proven: true }, customer('b', 1)]
  assert.deepEqual(decideLink(own, undefined), { kind: 'link' })
  assert.deepEqual(decideLink(own, { user: own, was_verified: false, has_other: false }), { kind: 'link' })
  assert.deepEqual(decideLink(own, { user, was_verified: false, has_other: true }), { kind: 'take-over', from: 'b' })
  assert.equal(decideLink(own, { user, was_verified: false, has_other: false }).kind, 'offer')
  assert.equal(decideLink(own, { user, was_verified: true, has_other: true }).kind, 'offer')
  const staff = { ...user, role: 'operator' } as const
  const refused = { kind: 'refused', reason: 'staff-account' }
  for (const has_other of [true, false])
    assert.deepEqual(decideLink(own, { user: staff, was_verified: false, has_other }), refused)
})

test('a merge is reverted once, within its time, while the survivor has its own account (ID-12)', () => {
  const into = customer('b', 1)
  const revertible_until = new Date(Date.UTC(2026, 11, 1))
  const merge: Merge = {
    id: 'm',
    from_id: 'a',
    into_id: 'b',
    identities: [],
    addresses: [],
    merged_at: new Date(0),
    revertible_until,
    reverted_at: null,
  }
  const early = new Date(revertible_until.getTime() - 1)
  assert.deepEqual(decideRevert(merge, { into, now: early }), { kind: 'revert' })
  assert.deepEqual(decideRevert(merge, { into, now: revertible_until }), { kind: 'refused', reason: 'merge-final' })
  assert.deepEqual(decideRevert({ ...merge, reverted_at: early }, { into, now: revertible_until }), {
    kind: 'reverted-before',
  })
  for (const status of ['blocked', 'merged', 'deleted'] as const) {
    const closed = { kind: 'refused', reason: 'account-closed' }
    assert.deepEqual(decideRevert(merge, { into: { ...into, status }, now: early }), closed)
  }
})
