import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSeal, WrongSeal } from './index.ts'

test('a sealed text is opened with the same secret for the same purpose only (SEC-4)', () => {
  const seal = openSeal('a long secret of the shop', 'letters')
  const sealed = seal.close('hello')
  assert.equal(seal.open(sealed), 'hello')
  assert.notEqual(seal.close('hello'), sealed)
  assert.throws(() => openSeal('another secret', 'letters').open(sealed), WrongSeal)
  assert.throws(() => openSeal('a long secret of the shop', 'parcels').open(sealed), WrongSeal)
  assert.throws(() => seal.open(`${sealed.startsWith('A') ? 'B' : 'A'}${sealed.slice(1)}`), WrongSeal)
  assert.throws(() => seal.open('short'), WrongSeal)
})
