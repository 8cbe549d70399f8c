import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { afterRefund, isPaid, refund, settle, standingOf, type PaidPayment, type Payment } from './payment.ts'
import type { Charge } from './provider.ts'

const facts = {
  id: 'p',
  subject_type: 'order',
  subject_id: 'o',
  user_id: 'u',
  currency: 'RUB',
  method: 'online' as const,
  provider: 'sandbox',
  confirmation_url: null,
  started_at: null,
  created_at: new Date(0),
}
const amounts = fc.integer({ min: 1, max: 1_000_000 })
const paid = fc
  .record({
    amount: amounts,
    back: fc.double({ min: 0, max: 1, noNaN: true }),
    promised: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ amount, back, promised }): PaidPayment => {
    const refunded_amount = Math.floor(amount * back)
    const refunding_amount = Math.floor((amount - refunded_amount) * promised)
    const status = refunded_amount === 0 ? 'completed' : refunded_amount === amount ? 'refunded' : 'partially_refunded'
    const money = { refunded_amount, refunding_amount, transaction_id: 't', completed_at: new Date(0), surplus: false }
    return { ...facts, ...money, amount, status }
  })
const unpaid = fc.oneof(
  fc.record({ amount: amounts, status: fc.constantFrom('pending' as const, 'processing' as const) }),
  fc.record({
    amount: amounts,
    status: fc.constant('failed' as const),
    reason: fc.constantFrom('declined' as const, 'cancelled' as const),
  }),
)
const payments: fc.Arbitrary<Payment> = fc.oneof(
  paid,
  unpaid.map((payment) => ({ ...facts, ...payment })),
)
const words = fc.constantFrom('pending', 'processing', 'declined', 'cancelled', 'succeeded')
const chargeOf = ({ amount, currency }: Payment, status: string) =>
  ({ amount, currency, status, confirmation_url: null, transaction_id: 't' }) as Charge

test('no word of a bank undoes a payment that is complete', () => {
  fc.assert(fc.property(paid, words, (payment, word) => settle(payment, chargeOf(payment, word)).kind === 'unchanged'))
})

test('money that is there always counts, whatever we believed', () => {
  fc.assert(
    fc.property(
      payments.filter((payment) => !isPaid(payment)),
      (payment) => settle(payment, chargeOf(payment, 'succeeded')).kind === 'completed',
    ),
  )
})

test('a payment that is over is moved by money only', () => {
  fc.assert(
    fc.property(payments, words, (payment, word) => {
      if (payment.status === 'failed' && word !== 'succeeded')
        assert.equal(settle(payment, chargeOf(payment, word)).kind, 'unchanged')
    }),
  )
})

test('another sum or currency is never believed', () => {
  fc.assert(
    fc.property(payments, words, amounts, (payment, word, more) => {
      const charge = chargeOf(payment, word)
      assert.equal(settle(payment, { ...charge, amount: charge.amount + more }).kind, 'refused')
      assert.equal(settle(payment, { ...charge, currency: 'USD' }).kind, 'refused')
    }),
  )
})

test('no row of refunds gives back more than was paid, counting what is only promised', () => {
  fc.assert(
    fc.property(paid, fc.array(fc.option(amounts, { nil: undefined })), (payment, inputs) => {
      let now = payment
      for (const input of inputs) {
        const refunding = refund(now, input)
        if (refunding.kind === 'refund') now = Object.assign({}, now, afterRefund(now, refunding.amount))
        else if (refunding.reason === 'exceeds-captured')
          assert.equal(refunding.refundable_amount, now.amount - now.refunded_amount - now.refunding_amount)
        assert.ok(now.refunded_amount + now.refunding_amount <= now.amount)
        assert.equal(now.status === 'refunded', now.refunded_amount === now.amount)
      }
    }),
  )
})

test('an order is paid when any attempt holds its money, a second success apart', () => {
  const made = (status: 'completed' | 'refunded', surplus = false): PaidPayment => ({
    ...facts,
    amount: 10,
    status,
    surplus,
    refunding_amount: 0,
    transaction_id: 't',
    completed_at: new Date(0),
    refunded_amount: status === 'refunded' ? 10 : 0,
  })
  const failed: Payment = { ...facts, amount: 10, status: 'failed', reason: 'declined' }
  assert.equal(standingOf([]).kind, 'unpaid')
  assert.equal(standingOf([failed]).payment, failed)
  assert.equal(standingOf([failed, made('completed')]).kind, 'paid')
  assert.equal(standingOf([made('refunded'), made('completed')]).kind, 'paid')
  assert.equal(standingOf([failed, made('refunded')]).kind, 'refunded')
  assert.equal(standingOf([made('completed', true), failed]).kind, 'unpaid')
})
