import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { CheckOptions } from '#platform/checks'
import { expectResponse, olga } from '#platform/testing'
import { saveCancelledRequest } from './store/payment-requests.ts'
import { openPaymentsTest, type Order, type PaymentsTest } from './testing.ts'

let shop: PaymentsTest
let order: Order
before(async () => {
  shop = await openPaymentsTest()
  order = await shop.startedOrder(1000)
  await shop.press('approve', order)
})
after(() => shop.close())

/** Runs the statement `harm` without triggers and returns the violations of a check. */
async function violationsAfter(
  harm: string,
  name: string,
  options: CheckOptions = { atRest: true },
): Promise<readonly object[]> {
  const check = shop.module.checks?.find((each) => each.name === name)
  const client = await shop.pool.connect()
  try {
    await client.query('alter table payments.ledger disable trigger user')
    await client.query(harm)
    return (await check?.violations(options)) ?? []
  } finally {
    await client.query('alter table payments.ledger enable trigger user')
    client.release()
  }
}

test('the books of a shop without open payments agree (PAY-7)', () => shop.assertNoViolations())

test('a ledger entry cannot be changed or deleted (PAY-7)', async () => {
  for (const harm of [
    'update payments.ledger set amount = 0',
    'delete from payments.ledger',
    'truncate payments.ledger',
  ])
    await assert.rejects(shop.pool.query(harm), /append-only/)
})

test('a transfer that does not sum to zero is refused (PAY-7)', async () => {
  const entry = `insert into payments.ledger (transfer_id, account, amount, currency, payment_id, at)
    values (gen_random_uuid(), 'provider:sandbox', 5, 'RUB', '${order.event_id}', now())`
  await assert.rejects(shop.pool.query(entry), /does not sum to zero/)
})

test('the database refuses a second completed payment and a refund beyond the payment (PAY-2, PAY-5)', async () => {
  const copy = `insert into payments.payments
    select gen_random_uuid(), subject_type, subject_id, user_id, amount, currency, method, provider, status, reason, transaction_id,
           confirmation_url, 0, 0, false, started_at, completed_at, created_at, updated_at from payments.payments`
  await assert.rejects(shop.pool.query(copy), { constraint: 'payments_one_completed' })
  await assert.rejects(shop.pool.query('update payments.payments set refunding_amount = 1001'), /check constraint/)
})

test('posad check finds a charge of the bank that our books do not know, and one that outlives its payment (F-8, PAY-7)', async () => {
  const declined = await shop.startedOrder()
  await shop.press('decline', declined)
  const lost = await shop.startedOrder()
  for (const [harm, mend] of [
    [
      `insert into payments.sandbox_charges (payment_id, amount, currency, status) values ('${order.id}', 5, 'RUB', 'pending')`,
      `delete from payments.sandbox_charges where payment_id = '${order.id}'`,
    ],
    [
      `insert into payments.sandbox_charges (payment_id, amount, currency, status) values ('${order.id}', 5, 'RUB', 'succeeded')`,
      `delete from payments.sandbox_charges where payment_id = '${order.id}'`,
    ],
    [
      `update payments.sandbox_charges set status = 'pending' where payment_id = '${declined.event_id}'`,
      `update payments.sandbox_charges set status = 'declined' where payment_id = '${declined.event_id}'`,
    ],
    [
      `update payments.sandbox_charges set payment_id = '${lost.id}', status = 'cancelled' where payment_id = '${lost.event_id}'`,
      `update payments.sandbox_charges set payment_id = '${lost.event_id}', status = 'pending' where payment_id = '${lost.id}'`,
    ],
  ] as const) {
    assert.equal((await violationsAfter(harm, 'payments.bank-agrees')).length, 1, harm)
    await shop.pool.query(mend)
    await shop.assertNoViolations()
  }
})

test('posad check finds one wrong number in one book of a payment that was refunded in part (PAY-7)', async () => {
  const sold = await shop.startedOrder(1000)
  await shop.press('approve', sold)
  const id = sold.event_id
  const body = { amount: 400, reason: 'broken cup' }
  expectResponse(await shop.api.send(olga, `POST /admin/payments/${id}/refund`, { body }), 201)
  await shop.assertNoViolations()
  const books = [
    ['payments.books-agree', 'payments.payments', 'refunded_amount', 'id'],
    ['payments.books-agree', 'payments.refunds', 'amount', 'payment_id'],
    ['payments.bank-agrees', 'payments.sandbox_charges', 'refunded_amount', 'payment_id'],
  ] as const
  for (const [name, table, column, key] of books) {
    const set = (amount: number) => `update ${table} set ${column} = ${amount} where ${key} = '${id}'`
    assert.equal((await violationsAfter(set(399), name)).length, 1, table)
    await shop.pool.query(set(400))
    await shop.assertNoViolations()
  }
  const requested = (amount: number) => `update payments.payments set refunding_amount = ${amount} where id = '${id}'`
  assert.equal((await violationsAfter(requested(1), 'payments.books-agree')).length, 1)
  await shop.pool.query(requested(0))
  const currency = (code: string) =>
    `update payments.sandbox_charges set currency = '${code}' where payment_id = '${id}'`
  assert.equal((await violationsAfter(currency('USD'), 'payments.bank-agrees')).length, 1)
  await shop.pool.query(currency('RUB'))
  await shop.assertNoViolations()
})

test('posad check reports what is in progress only five minutes later (PLT-22)', async () => {
  const paid = await shop.startedOrder()
  const cancelled = await shop.startedOrder()
  await shop.press('approve', cancelled)
  for (const [name, harm, ageing, mend] of [
    [
      'payments.bank-agrees',
      `update payments.sandbox_charges set status = 'succeeded', changed_at = now() where payment_id = '${paid.event_id}'`,
      `update payments.payments set updated_at = now() - interval '6 minutes' where id = '${paid.event_id}';
       update payments.sandbox_charges set changed_at = now() - interval '6 minutes' where payment_id = '${paid.event_id}'`,
      `update payments.sandbox_charges set status = 'pending' where payment_id = '${paid.event_id}'`,
    ],
    [
      'payments.buyers-are-refunded',
      `update payments.payment_requests set status = 'cancelled', updated_at = now() where subject_id = '${cancelled.id}'`,
      `update payments.payments set updated_at = now() - interval '6 minutes' where id = '${cancelled.event_id}';
       update payments.payment_requests set updated_at = now() - interval '6 minutes' where subject_id = '${cancelled.id}'`,
      `update payments.payment_requests set status = 'settled' where subject_id = '${cancelled.id}'`,
    ],
  ] as const) {
    assert.deepEqual(await violationsAfter(harm, name, {}), [], name)
    assert.equal((await violationsAfter(harm, name)).length, 1, name)
    assert.equal((await violationsAfter(ageing, name, {})).length, 1, name)
    await shop.pool.query(mend)
    await shop.assertNoViolations()
  }
})

test('a repeated cancellation does not put off the check of the refund (PLT-22)', async () => {
  const order = await shop.startedOrder()
  const cancel = () =>
    saveCancelledRequest(shop.db, { subject_type: 'order', subject_id: order.id, reason: 'customer', at: new Date() })
  const changedAt = async () =>
    (await shop.pool.query('select updated_at from payments.payment_requests where subject_id = $1', [order.id])).rows
  await cancel()
  const first = await changedAt()
  await cancel()
  assert.deepEqual(await changedAt(), first)
  await shop.pool.query("update payments.payment_requests set status = 'open' where subject_id = $1", [order.id])
})

test('each check finds its violation (PLT-22)', async () => {
  const harms = [
    [
      'payments.entries-are-on-their-accounts',
      `update payments.ledger set account = 'provider:elsewhere' where amount > 0 and payment_id = '${order.event_id}'`,
    ],
    [
      'payments.entries-are-on-their-accounts',
      `update payments.ledger set account = 'provider:sandbox' where amount > 0 and payment_id = '${order.event_id}';
       update payments.ledger set account = 'surplus' where amount < 0 and payment_id = '${order.event_id}'`,
    ],
    ['payments.bank-agrees', `update payments.sandbox_charges set amount = 999 where payment_id = '${order.event_id}'`],
    [
      'payments.bank-agrees',
      `update payments.sandbox_charges set amount = 1000, refunded_amount = 1 where payment_id = '${order.event_id}'`,
    ],
    [
      'payments.bank-agrees',
      `update payments.sandbox_charges set status = 'pending', refunded_amount = 0 where payment_id = '${order.event_id}'`,
    ],
    [
      'payments.books-agree',
      `update payments.payments set status = 'partially_refunded', refunded_amount = 1 where id = '${order.event_id}'`,
    ],
    [
      'payments.ledger-sums-to-zero',
      `update payments.ledger set amount = 999 where amount > 0 and payment_id = '${order.event_id}'`,
    ],
    [
      'payments.books-agree',
      `update payments.payments set status = 'completed', refunded_amount = 0 where id = '${order.event_id}'`,
    ],
  ] as const
  for (const [name, harm] of harms) assert.equal((await violationsAfter(harm, name)).length, 1, harm)
  await shop.pool.query('drop index payments.payments_one_completed')
  const second = `insert into payments.payments
    select gen_random_uuid(), subject_type, subject_id, user_id, amount, currency, method, provider, status, reason, transaction_id,
           confirmation_url, 0, 0, false, started_at, completed_at, created_at, updated_at from payments.payments where id = '${order.event_id}'`
  assert.equal((await violationsAfter(second, 'payments.paid-once')).length, 1)
})
