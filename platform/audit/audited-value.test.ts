import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Type } from 'typebox'
import { Closed, Id, Nullable, OneOf, Text, Time } from '#platform/schema'
import { auditedValue } from './index.ts'

const Body = Closed({
  id: Id,
  status: OneOf(['active', 'blocked'] as const),
  method: Type.Union([Type.Literal('online'), Type.Literal('cash')]),
  until: Nullable(Time),
  amount: Type.Integer(),
  is_active: Type.Boolean(),
  password: Text(100),
  secret: Nullable(Text(100)),
  address: Closed({ street: Text(100), floor: Type.Integer() }),
  permissions: Type.Array(OneOf(['a', 'b'] as const)),
  names: Type.Array(Text(100)),
  reason: Text(100),
})

test('the audit keeps choices, amounts and ids of a body (PLT-6)', () => {
  const id = '0192f3c4-0000-7000-8000-000000000001'
  const body = {
    id,
    status: 'blocked',
    method: 'cash',
    until: '2026-01-01T00:00:00Z',
    amount: 125_000,
    is_active: false,
    permissions: ['a', 'b'],
  }
  assert.deepEqual(auditedValue(Body, body), body)
})

test('the audit keeps no free text of a body, at any depth (PLT-6, SEC-4)', () => {
  const text = fc.stringMatching(/^[a-z0-9]{12,40}$/)
  fc.assert(
    fc.property(text, (secret) => {
      const body = {
        id: secret,
        status: secret,
        until: null,
        password: secret,
        secret,
        address: { street: secret, floor: 3 },
        names: [secret],
        [secret]: secret,
        reason: { nested: secret },
      }
      const kept = auditedValue(Body, body)
      assert.ok(!JSON.stringify(kept).includes(secret))
      assert.deepEqual((kept as { address: object }).address, { street: '[text]', floor: 3 })
    }),
  )
})

test('a reason stays readable, without contacts and tokens (PLT-6)', () => {
  const reason = 'anna@example.com asked, Bearer abcdefgh1234'
  assert.deepEqual(auditedValue(Body, { reason }), { reason: '[hidden] asked, Bearer [hidden]' })
})
