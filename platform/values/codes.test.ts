import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countryCodes, currencyCodes } from './index.ts'

test('the countries are the 249 of ISO 3166-1 (F-55)', () => {
  assert.equal(countryCodes.length, 249)
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
  for (const code of countryCodes) assert.ok(names.of(code), code)
  for (const code of ['CN', 'RU', 'GB', 'TW']) assert.ok(countryCodes.includes(code), code)
  for (const code of ['ZZ', 'XX', 'SU', 'UK', 'EU', 'XK', 'DD']) assert.ok(!countryCodes.includes(code), code)
})

test('the currencies are those of ISO 4217 that are in use, and Telegram Stars (F-55)', () => {
  for (const code of ['RUB', 'EUR', 'JPY', 'XTR', 'XOF']) assert.ok(currencyCodes.includes(code), code)
  for (const code of ['ZZZ', 'SUR', 'DEM', 'rub', 'XXX']) assert.ok(!currencyCodes.includes(code), code)
})
