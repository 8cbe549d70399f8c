import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { checkedValues } from '#platform/testing'
import {
  chargeStatuses,
  failureReasons,
  paymentMethods,
  paymentStatuses,
  refundRequesters,
  refundStatuses,
  requestStatuses,
  subjectTypes,
} from './schema.ts'
import { openPaymentsTest, type PaymentsTest } from './testing.ts'

let shop: PaymentsTest
before(async () => {
  shop = await openPaymentsTest()
})
after(() => shop.close())

test('the database admits exactly the values that the schema lists', async () => {
  const lists = [
    ['payments.payment_requests', 'subject_type', subjectTypes],
    ['payments.payment_requests', 'method', paymentMethods],
    ['payments.payment_requests', 'status', requestStatuses],
    ['payments.payments', 'subject_type', subjectTypes],
    ['payments.payments', 'method', paymentMethods],
    ['payments.payments', 'status', paymentStatuses],
    ['payments.payments', 'reason', failureReasons],
    ['payments.refunds', 'requested_by', refundRequesters],
    ['payments.refunds', 'status', refundStatuses],
    ['payments.sandbox_charges', 'status', chargeStatuses],
  ] as const
  for (const [table, column, listed] of lists)
    assert.deepEqual(await checkedValues(shop.db, table, column), new Set<string>(listed), `${table}.${column}`)
})
