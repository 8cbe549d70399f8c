import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { afterRefund, isPaid, refund, settle, stateOf, type PaidPayment, type Payment } from './payment.ts'
import type { Charge } from './provider.ts'

const facts = {
  id: 'p',
  subject_type: 'order' as const,
  subject_id: 'o',
  user_id: 'u',
  currency: 'RUB',
  revision: 1,
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
    refunded: fc.double({ min: 0, max: 1, noNaN: true }),
    refunding: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ amount, refunded, refunding }): PaidPayment => {
    const refunded_amount = Math.floor(amount * refunded)
    const refunding_amount = Math.floor((amount - refunded_amount) * refunding)
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
const chargeStatuses = fc.constantFrom('pending', 'processing', 'declined', 'cancelled', 'succeeded')
const chargeOf = ({ amount, currency }: Payment, status: string) =>
  ({ amount, currency, status, confirmation_url: null, transaction_id: 't' }) as Charge

test('no answer of a bank changes a completed payment', () => {
  fc.assert(
    fc.property(
      paid,
      chargeStatuses,
      (payment, status) => settle(payment, chargeOf(payment, status)).kind === 'unchanged',
    ),
  )
})

test('a success at the bank completes every unpaid payment', () => {
  fc.assert(
    fc.property(
      payments.filter((payment) => !isPaid(payment)),
      (payment) => settle(payment, chargeOf(payment, 'succeeded')).kind === 'completed',
    ),
  )
})

test('only a success changes a failed payment', () => {
  fc.assert(
    fc.property(payments, chargeStatuses, (payment, status) => {
      if (payment.status === 'failed' && status !== 'succeeded')
        assert.equal(settle(payment, chargeOf(payment, status)).kind, 'unchanged')
    }),
  )
})

test('a charge of another amount or currency is refused', () => {
  fc.assert(
    fc.property(payments, chargeStatuses, amounts, (payment, status, more) => {
      const charge = chargeOf(payment, status)
      assert.equal(settle(payment, { ...charge, amount: charge.amount + more }).kind, 'refused')
      assert.equal(settle(payment, { ...charge, currency: 'USD' }).kind, 'refused')
    }),
  )
})

test('no sequence of refunds exceeds the payment; requested refunds count as refunded', () => {
  fc.assert(
    fc.property(paid, fc.array(fc.option(amounts, { nil: undefined })), (payment, requests) => {
      let now = payment
      for (const amount of requests) {
        const decision = refund(now, amount)
        if (decision.kind === 'refund') now = Object.assign({}, now, afterRefund(now, decision.amount))
        else if (decision.reason === 'exceeds-captured')
          assert.equal(decision.refundable_amount, now.amount - now.refunded_amount - now.refunding_amount)
        assert.ok(now.refunded_amount + now.refunding_amount <= now.amount)
        assert.equal(now.status === 'refunded', now.refunded_amount === now.amount)
      }
    }),
  )
})

test('an order is paid when one of its payments is, not counting a second success', () => {
  const paidWith = (status: 'completed' | 'refunded', surplus = false): PaidPayment => ({
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
  assert.equal(stateOf([]).kind, 'unpaid')
  assert.equal(stateOf([failed]).payment, failed)
  assert.equal(stateOf([failed, paidWith('completed')]).kind, 'paid')
  assert.equal(stateOf([paidWith('refunded'), paidWith('completed')]).kind, 'paid')
  assert.equal(stateOf([failed, paidWith('refunded')]).kind, 'refunded')
  assert.equal(stateOf([paidWith('completed', true), failed]).kind, 'unpaid')
})

test('a payment is refunded up to what is left of it (PAY-5)', () => {
  fc.assert(
    fc.property(paid, fc.integer({ min: -1, max: 1_000_001 }), (payment, amount) => {
      const left = payment.amount - payment.refunded_amount - payment.refunding_amount
      const exceeds = { kind: 'refused', reason: 'exceeds-captured', refundable_amount: left }
      for (const part of [amount, left, left + 1])
        assert.deepEqual(refund(payment, part), part > 0 && part <= left ? { kind: 'refund', amount: part } : exceeds)
      assert.deepEqual(refund(payment), left > 0 ? { kind: 'refund', amount: left } : exceeds)
    }),
  )
})

test('an order that costs nothing is refunded once, and an unpaid one never (PAY-5)', () => {
  const money = { amount: 0, refunded_amount: 0, refunding_amount: 0, transaction_id: 't', completed_at: new Date(0) }
  const free: PaidPayment = { ...facts, ...money, status: 'completed', surplus: false }
  assert.deepEqual(refund(free), { kind: 'refund', amount: 0 })
  const refunded = { ...free, ...afterRefund(free, 0) }
  assert.equal(refunded.status, 'refunded')
  assert.deepEqual(refund(refunded), { kind: 'refused', reason: 'exceeds-captured', refundable_amount: 0 })
  assert.deepEqual(refund({ ...facts, amount: 10, status: 'pending' }), { kind: 'refused', reason: 'not-paid' })
})

test('an open payment follows the bank: it waits, is processed, or fails with the reason of the bank (PAY-2)', () => {
  const pending: Payment = { ...facts, amount: 10, status: 'pending' }
  const processing: Payment = { ...facts, amount: 10, status: 'processing' }
  const decisionsFor = (payment: Payment) =>
    ['pending', 'processing', 'declined', 'cancelled'].map((status) => settle(payment, chargeOf(payment, status)))
  const failures = [
    { kind: 'failed', reason: 'declined' },
    { kind: 'failed', reason: 'cancelled' },
  ]
  assert.deepEqual(decisionsFor(pending), [{ kind: 'unchanged' }, { kind: 'processing' }, ...failures])
  assert.deepEqual(decisionsFor(processing), [{ kind: 'unchanged' }, { kind: 'unchanged' }, ...failures])
})
