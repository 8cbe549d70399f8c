import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { money, formatMoney, times, totalOf, type Money } from './index.ts'

const currency = fc.constantFrom('RUB', 'EUR', 'JPY', 'XTR')
/** The greatest amount that a purchase can reach. */
const amount = fc.integer({ min: -99_000_000_000_000, max: 99_000_000_000_000 })
const sums = fc.record({ currency, amounts: fc.array(amount, { maxLength: 50 }) })
const of = (currency: string, amounts: readonly number[]): Money[] => amounts.map((each) => money(each, currency))

test('a total is exact to the kopeck and independent of the order of its sums (rule 3)', () => {
  fc.assert(
    fc.property(sums, ({ currency, amounts }) => {
      const exact = amounts.reduce((sum, each) => sum + BigInt(each), 0n)
      assert.deepEqual(totalOf(of(currency, amounts), currency), { amount: Number(exact), currency })
      assert.deepEqual(totalOf(of(currency, amounts.toReversed()), currency).amount, Number(exact))
    }),
  )
})

test('the price of several pieces is the price of one, added for each piece (rule 3)', () => {
  fc.assert(
    fc.property(
      currency,
      fc.integer({ min: 0, max: 10_000_000_000 }),
      fc.nat({ max: 99 }),
      (currency, price, pieces) => {
        const one = money(price, currency)
        assert.deepEqual(
          times(one, pieces),
          totalOf(
            Array.from({ length: pieces }, () => one),
            currency,
          ),
        )
      },
    ),
  )
})

test('rubles and stars are never added (rule 3)', () => {
  fc.assert(
    fc.property(fc.array(amount, { minLength: 1, maxLength: 5 }), (amounts) => {
      assert.throws(() => totalOf([...of('RUB', amounts), money(1, 'XTR')], 'RUB'), /Cannot add XTR to RUB/)
    }),
  )
})

test('a fraction of a kopeck, or more than a number holds, is no amount of money (rule 3)', () => {
  for (const invalid of [0.5, 0.1 + 0.2, Number.NaN, Infinity, 2 ** 53])
    assert.throws(() => money(invalid, 'RUB'), /safe integer/, String(invalid))
  assert.throws(() => times(money(2 ** 52, 'RUB'), 2), /safe integer/)
})

test('people read the exact sum, to the kopeck, in both languages (rule 3)', () => {
  fc.assert(
    fc.property(currency, amount, fc.constantFrom('ru', 'en'), (currency, amount, locale) => {
      const text = formatMoney(money(amount, currency), locale)
      const isRound = ['JPY', 'XTR'].includes(currency) || amount % 100 === 0
      const digits = Number(text.replaceAll(/\D/g, '')) * (amount < 0 ? -1 : 1)
      assert.equal(digits * (isRound && !['JPY', 'XTR'].includes(currency) ? 100 : 1), amount)
      assert.equal(/[.,]\d\d(\D|$)/.test(text.replaceAll(/,(?=\d{3})/g, '')), !isRound)
    }),
  )
  assert.match(formatMoney(money(125_000, 'RUB'), 'ru'), /^1\s250\s₽$/)
  assert.match(formatMoney(money(125_050, 'RUB'), 'ru'), /^1\s250,50\s₽$/)
  assert.equal(formatMoney(money(125_000, 'RUB'), 'en'), '₽1,250')
  assert.equal(formatMoney(money(125_050, 'RUB'), 'en'), '₽1,250.50')
})
