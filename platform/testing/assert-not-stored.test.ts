import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { assertNotStored } from './assert-not-stored.ts'

const secret = randomBytes(32).toString('base64url')

test('a secret is found in every form in which a row could have it', () => {
  const raw = Buffer.from(secret, 'base64url')
  for (const stored of [secret, { code: secret }, [secret], Buffer.from(secret), Buffer.from(`code:${secret}`), raw])
    assert.throws(() => assertNotStored([{ id: 1, stored }], 'another', secret), /columns with the secret/)
})

test('its hash is not the secret, and no rows show nothing', () => {
  assertNotStored([{ id: null, hash: createHash('sha256').update(secret).digest() }], secret)
  assert.throws(() => assertNotStored([], secret), /there are rows/)
})
