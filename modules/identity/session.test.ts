import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decideRefresh, type RefreshToken, type Session } from './session.ts'

const start = new Date('2026-11-21T09:00:00Z').getTime()
const moment = fc.integer({ min: 0, max: 100_000 }).map((offset) => new Date(start + offset))
const session: fc.Arbitrary<Session> = fc.record({
  id: fc.uuid(),
  user_id: fc.uuid(),
  expires_at: moment,
  ended_at: fc.option(moment),
})
const used: fc.Arbitrary<RefreshToken> = fc.record({
  generation: fc.integer({ min: 1, max: 9 }),
  state: fc.constant('used' as const),
  used_at: moment,
  successor_salt: fc.constant(Buffer.alloc(32, 7)),
  successor_used: fc.boolean(),
})
const token: fc.Arbitrary<RefreshToken> = fc.oneof(
  fc.record({ generation: fc.integer({ min: 1, max: 9 }), state: fc.constant('fresh' as const) }),
  used,
)
const at = fc.record({ now: moment, grace: fc.integer({ min: 0, max: 20_000 }) })

test('a session that is over refuses its tokens, and this is no theft (ID-6)', () => {
  fc.assert(
    fc.property(session, token, at, (session, token, at) => {
      const isOver = session.ended_at !== null || session.expires_at <= at.now
      assert.equal(decideRefresh(session, token, at).kind === 'refused', isOver)
    }),
  )
})

test('a used token never rotates again; it repeats only within the grace and before its successor is used (ID-6)', () => {
  fc.assert(
    fc.property(session, used, at, (session, token, at) => {
      const decided = decideRefresh({ ...session, ended_at: null }, token, at)
      assert.notEqual(decided.kind, 'rotate')
      if (decided.kind !== 'repeat' || token.state !== 'used') return
      assert.ok(!token.successor_used)
      assert.ok(at.grace > 0 && at.now.getTime() - token.used_at.getTime() <= at.grace)
      assert.equal(decided.salt, token.successor_salt)
    }),
  )
})

test('the use of a used token outside its grace is a theft (ID-6)', () => {
  const now = new Date(start + 20_001)
  const session = { id: 'a', user_id: 'b', expires_at: new Date(start + 1e6), ended_at: null }
  const used_at = new Date(start)
  const token = {
    generation: 1,
    state: 'used',
    used_at,
    successor_salt: Buffer.alloc(1),
    successor_used: false,
  } as const
  const kindOf = (change: Partial<typeof token | { successor_used: true }>, grace: number) =>
    decideRefresh(session, { ...token, ...change }, { now, grace }).kind
  assert.equal(kindOf({}, 20_000), 'reused')
  assert.equal(kindOf({}, 20_001), 'repeat')
  assert.equal(kindOf({ successor_used: true }, 20_001), 'reused')
  assert.equal(kindOf({ used_at: now }, 0), 'reused')
})
