import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { refreshing, type RefreshToken, type Session } from './session.ts'

const start = new Date('2026-11-21T09:00:00Z').getTime()
const moment = fc.integer({ min: 0, max: 100_000 }).map((offset) => new Date(start + offset))
const session: fc.Arbitrary<Session> = fc.record({
  id: fc.uuid(),
  user_id: fc.uuid(),
  expires_at: moment,
  ended_at: fc.option(moment),
})
const used: fc.Arbitrary<RefreshToken> = fc.record({
  seq: fc.integer({ min: 1, max: 9 }),
  state: fc.constant('used' as const),
  used_at: moment,
  successor_salt: fc.constant(Buffer.alloc(32, 7)),
  successor_used: fc.boolean(),
})
const token: fc.Arbitrary<RefreshToken> = fc.oneof(
  fc.record({ seq: fc.integer({ min: 1, max: 9 }), state: fc.constant('fresh' as const) }),
  used,
)
const at = fc.record({ now: moment, grace: fc.integer({ min: 0, max: 20_000 }) })

test('a session that is over gives nothing, and is no theft either (ID-6)', () => {
  fc.assert(
    fc.property(session, token, at, (session, token, at) => {
      const over = session.ended_at !== null || session.expires_at <= at.now
      assert.equal(refreshing(session, token, at).kind === 'refused', over)
    }),
  )
})

test('a used token never rotates again; it is repeated only within the grace and before its successor is used (ID-6)', () => {
  fc.assert(
    fc.property(session, used, at, (session, token, at) => {
      const decided = refreshing({ ...session, ended_at: null }, token, at)
      assert.notEqual(decided.kind, 'rotate')
      if (decided.kind !== 'repeat' || token.state !== 'used') return
      assert.ok(!token.successor_used)
      assert.ok(at.grace > 0 && at.now.getTime() - token.used_at.getTime() <= at.grace)
      assert.equal(decided.salt, token.successor_salt)
    }),
  )
})

test('a used token outside of its grace is a theft (ID-6)', () => {
  const now = new Date(start + 20_001)
  const living = { id: 'a', user_id: 'b', expires_at: new Date(start + 1e6), ended_at: null }
  const token = { seq: 1, state: 'used', used_at: new Date(start), successor_salt: Buffer.alloc(1) } as const
  assert.equal(refreshing(living, { ...token, successor_used: false }, { now, grace: 20_000 }).kind, 'reused')
  assert.equal(refreshing(living, { ...token, successor_used: false }, { now, grace: 20_001 }).kind, 'repeat')
  assert.equal(refreshing(living, { ...token, successor_used: true }, { now, grace: 20_001 }).kind, 'reused')
  assert.equal(refreshing(living, { ...token, successor_used: false, used_at: now }, { now, grace: 0 }).kind, 'reused')
})
