import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatMoney, money } from '#platform/values'
import { formatsOf } from '../../web/storefront/formats.ts'

test('the payment page and the e-mails write a sum as the storefront does, in every currency (PAY-3, WEB-5)', () => {
  for (const locale of ['ru', 'en'] as const)
    for (const currency of ['RUB', 'USD', 'EUR', 'KZT', 'JPY', 'KRW', 'VND', 'CLP', 'ISK', 'XTR'])
      for (const amount of [0, 5, 90, 125_000, 125_050, 1_234_567_89])
        assert.equal(formatMoney(money(amount, currency), locale), formatsOf(locale).money(amount, currency))
})
