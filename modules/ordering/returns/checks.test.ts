import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql, type RawBuilder } from 'kysely'
import { anna } from '#platform/testing'
import { newId } from '#platform/values'
import { openOrderingTest, teaItems, type OrderingTest } from '../testing.ts'

let shop: OrderingTest
before(async () => {
  shop = await openOrderingTest()
})
after(() => shop.close())

/** Three pieces for 29.99; one came back for 9.99. */
let order_id: string
let return_id: string
beforeEach(async () => {
  await run(sql`delete from ordering.orders`)
  const placed = await shop.place(anna, { delivery_method: 'pickup', items: teaItems(3) })
  order_id = placed.id
  return_id = newId()
  await run(sql`
    update ordering.orders set status = 'fulfilled', paid_at = now(), shipped_at = now(), fulfilled_at = now() where id = ${order_id}`)
  await run(sql`
    update ordering.lines set price = 1000, discount_amount = 1, returned_quantity = 1, returned_amount = 999
    where order_id = ${order_id}`)
  await run(sql`
    insert into ordering.returns (id, order_id, status, locale, created_at, approved_at, received_at, refundable_amount, updated_at)
    values (${return_id}, ${order_id}, 'received', 'en', now(), now(), now(), 999, now())`)
  await run(sql`
    insert into ordering.return_lines (return_id, order_id, position, quantity, sellable, damaged, missing, amount)
    select ${return_id}, order_id, position, 1, 1, 0, 0, 999 from ordering.lines where order_id = ${order_id}`)
})

const run = async (statement: RawBuilder<unknown>) => void (await statement.execute(shop.db))

/** The checks of returns that find something. */
async function broken(): Promise<readonly string[]> {
  const found: string[] = []
  for (const { name, violations } of shop.module.checks ?? [])
    if (name.includes('return') || name.includes('refund')) {
      const rows = await violations()
      if (rows.length > 0) found.push(name)
    }
  return found
}

test('posad check accepts a return that is valued at what was paid (PLT-22, ORD-10)', async () => {
  assert.deepEqual(await broken(), [])
})

test('posad check finds a line of a return that is valued above, or below, what was paid for it (PLT-22, ORD-10)', async () => {
  for (const amount of [2999, 1001, 998]) {
    await run(sql`update ordering.return_lines set amount = ${amount} where return_id = ${return_id}`)
    await run(sql`update ordering.returns set refundable_amount = ${amount} where id = ${return_id}`)
    await run(sql`update ordering.lines set returned_amount = ${amount} where order_id = ${order_id}`)
    assert.deepEqual(await broken(), ['ordering.returns-are-worth-what-was-paid'])
  }
})

test('posad check finds a return that has the money of another one, and a kopeck too much (PLT-22, ORD-10)', async () => {
  const second = newId()
  await run(sql`update ordering.lines set returned_quantity = 2, returned_amount = 1999 where order_id = ${order_id}`)
  await run(sql`
    insert into ordering.returns (id, order_id, status, locale, created_at, approved_at, received_at, refundable_amount, updated_at)
    values (${second}, ${order_id}, 'received', 'en', now(), now(), now(), 1000, now())`)
  await run(sql`
    insert into ordering.return_lines (return_id, order_id, position, quantity, sellable, damaged, missing, amount)
    select ${second}, order_id, position, 1, 1, 0, 0, 1000 from ordering.lines where order_id = ${order_id}`)
  assert.deepEqual(await broken(), [])
  for (const [one, other] of [
    [0, 1999],
    [1000, 1000],
  ] as const) {
    const amount = sql`case when return_id = ${second}::uuid then ${other}::bigint else ${one}::bigint end`
    await run(sql`update ordering.return_lines set amount = ${amount} where order_id = ${order_id}`)
    await run(sql`
      update ordering.returns set refundable_amount = line.amount from ordering.return_lines as line where return_id = id`)
    await run(sql`update ordering.lines set returned_amount = ${one + other} where order_id = ${order_id}`)
    assert.deepEqual(await broken(), ['ordering.returns-are-worth-what-was-paid'])
  }
})

test('posad check finds a return whose refund was refused, and that waits for days (PLT-22, ORD-10)', async () => {
  const refuse = (age: string) =>
    run(sql`
      update ordering.returns set refund_id = ${newId()}, refund_amount = 999, refund_refused_at = now() - ${age}::interval
      where id = ${return_id}`)
  await refuse('23 hours')
  assert.deepEqual(await broken(), [])
  await refuse('25 hours')
  assert.deepEqual(await broken(), ['ordering.refused-refunds-are-settled'])
})

test('posad check finds a return for whose refund payments has no answer (PLT-22, ORD-10)', async () => {
  const refunding = (age: string) =>
    run(sql`
      update ordering.returns set status = 'refunding', refund_id = ${newId()}, refund_amount = 999,
        updated_at = now() - ${age}::interval
      where id = ${return_id}`)
  await refunding('23 hours')
  assert.deepEqual(await broken(), [])
  await refunding('25 hours')
  assert.deepEqual(await broken(), ['ordering.returns-are-refunded'])
})
