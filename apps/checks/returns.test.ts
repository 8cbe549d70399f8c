import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { sql, type RawBuilder } from 'kysely'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { modulesOf } from '../services/services.ts'
import { checksOf } from './checks.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase()
})
after(() => database.close())

const run = async (statement: RawBuilder<unknown>) => void (await statement.execute(database.db))

const [order, returned, payment, refund] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]
const [rose, tulip, bouquet] = [randomUUID(), randomUUID(), randomUUID()]

/**
 * A buyer had two roses and two bouquets of a rose and three tulips. An hour ago a rose and a bouquet came back: two roses and
 * three tulips are on hand again, and payments has refunded them.
 */
beforeEach(async () => {
  for (const table of [
    'ordering.orders',
    'payments.refunds',
    'payments.payments',
    'catalog.movements',
    'catalog.holds',
  ])
    await run(sql`delete from ${sql.table(table)}`)
  for (const table of ['catalog.hold_items', 'catalog.stock', 'catalog.variants', 'catalog.products', 'catalog.types'])
    await run(sql`delete from ${sql.table(table)}`)
  await run(sql`
    insert into ordering.orders (id, number, user_id, status, items_amount, total_amount, currency, weight_grams, payment_method,
      delivery_method, pickup_point_id, created_at, updated_at, input_hash, paid_at, shipped_at,
      fulfilled_at)
    values (${order}, 'A-1', ${order}, 'fulfilled', 1000, 1000, 'RUB', 0, 'online', 'pickup', uuidv7(), now(), now(), '', now(),
      now(), now())`)
  await run(sql`
    insert into ordering.lines (order_id, position, variant_id, product_id, sku, title, price, weight_grams, quantity, components)
    values (${order}, 1, ${rose}, ${rose}, 'R', '{}', 100, 0, 2, null),
      (${order}, 2, ${bouquet}, ${bouquet}, 'B', '{}', 400, 0, 2,
        ${JSON.stringify([part(rose, 1), part(tulip, 3)])}::jsonb)`)
  await run(sql`
    insert into ordering.returns (id, order_id, status, locale, created_at, approved_at, received_at, refunded_at,
      refundable_amount, refund_id, refund_amount, updated_at)
    values (${returned}, ${order}, 'refunded', 'en', ${anHourAgo}, ${anHourAgo}, ${anHourAgo}, ${anHourAgo}, 500, ${refund}, 500,
      ${anHourAgo})`)
  await run(sql`
    insert into ordering.return_lines (return_id, order_id, position, quantity, sellable, damaged, missing, amount)
    values (${returned}, ${order}, 1, 1, 1, 0, 0, 100), (${returned}, ${order}, 2, 1, 1, 0, 0, 400)`)
  await run(sql`
    insert into payments.payment_requests (subject_id, subject_type, user_id, amount, currency, description, method, status,
      created_at, updated_at)
    values (${order}, 'order', ${order}, 1000, 'RUB', '', 'online', 'open', now(), now()) on conflict do nothing`)
  await run(sql`
    insert into payments.payments (id, subject_type, subject_id, user_id, amount, currency, method, provider, status,
      transaction_id, completed_at, refunded_amount, created_at, updated_at)
    values (${payment}, 'order', ${order}, ${order}, 1000, 'RUB', 'online', 'elsewhere', 'partially_refunded', 't-1', now(), 500,
      now(), now())`)
  await run(sql`
    insert into payments.refunds (id, payment_id, amount, currency, requested_by, reason, status, requested_at, done_at)
    values (${refund}, ${payment}, 500, 'RUB', 'return', 'return', 'done', ${anHourAgo}, ${anHourAgo})`)
  await run(sql`
    insert into delivery.shipments (id, order_id, user_id, method, status, pickup_code, tracking_token, timeline, created_at,
      updated_at, delivered_at)
    values (uuidv7(), ${order}, ${order}, 'pickup', 'delivered', '123456', 't', '[{"status": "delivered"}]', now(), now(), now())
    on conflict do nothing`)
  await run(stockGoods)
})

const anHourAgo = sql`now() - interval '1 hour'`
const part = (variant_id: string, quantity: number) => ({ variant_id, quantity })

/** The catalog sold four roses and six tulips with the order; two and three of them came back. */
const stockGoods = sql`
  with type as (
    insert into catalog.types (code, plural, name) values ('flower', 'flowers', '{"ru": "", "en": ""}')
  ), product as (
    insert into catalog.products (id, type_code, slug, name, description, is_active, created_at, updated_at)
    values (${rose}, 'flower', 'flower', '{"ru": "", "en": ""}', '{"ru": "", "en": ""}', false, now(), now())
  ), variant as (
    insert into catalog.variants (id, product_id, kind, sku, title, price, currency, weight_grams, is_active)
    select id, ${rose}, 'plain', id::text, '{"ru": "", "en": ""}', 1, 'RUB', 0, false
    from unnest(${[rose, tulip]}::uuid[]) as id
  ), stocked as (
    insert into catalog.stock (variant_id, on_hand, policy)
    select id, 10, 'track' from unnest(${[rose, tulip]}::uuid[]) as id
  ), hold as (
    insert into catalog.holds (order_id, state, held_at, items_hash, lines, total_amount, currency)
    values (${order}, 'sold', now(), '', '[]', 1000, 'RUB')
  ), item as (
    insert into catalog.hold_items (order_id, variant_id, ordered, reserved)
    values (${order}, ${rose}, 2, 4), (${order}, ${bouquet}, 2, 0), (${order}, ${tulip}, 0, 6)
  )
  insert into catalog.movements (id, variant_id, kind, delta, reason, order_id, return_id, moved_at)
  values (uuidv7(), ${rose}, 'returned', 2, '', ${order}, ${returned}, ${anHourAgo}),
    (uuidv7(), ${tulip}, 'returned', 3, '', ${order}, ${returned}, ${anHourAgo})`

/** The names of all modules: a check across modules runs where each of its modules is. */
const wholeShop = modulesOf().map((name) => ({ name, api: undefined }))

/** The checks across modules that find something. */
async function broken(): Promise<readonly string[]> {
  const checks = checksOf({ db: database.db, modules: wholeShop })
  const found = await Promise.all(checks.map(async (check) => ({ ...check, rows: await check.violations() })))
  return found.filter(({ rows }) => rows.length > 0).map(({ name }) => name)
}

test('the checks across modules accept a return that is refunded and on hand (PLT-22, ORD-10)', async () => {
  assert.deepEqual(await broken(), [])
})

test('pieces that were sold while their stock was not tracked do not come back into it (CAT-13, ORD-10)', async () => {
  await run(sql`update catalog.hold_items set reserved = 1 where variant_id = ${rose}`)
  await run(sql`update catalog.movements set delta = 1 where variant_id = ${rose}`)
  assert.deepEqual(await broken(), [])
  await run(sql`delete from catalog.movements where variant_id = ${rose}`)
  assert.deepEqual(await broken(), ['shop.returned-goods-are-on-hand'])
})

const refunding = (age: string) => sql`
  with waiting as (
    update ordering.returns set status = 'refunding', refunded_at = null, updated_at = now() - ${age}::interval
    where id = ${returned}
  )
  update payments.payments set refunded_amount = 0, status = 'completed' where id = ${payment}`
const dropRefund = sql`delete from payments.refunds where id = ${refund}`
const refuseRefund = (age: string) => sql`
  update payments.refunds set status = 'refused', done_at = null, refused_at = now() - ${age}::interval where id = ${refund}`
const restock = (return_id: string, variant_id = rose) => sql`
  insert into catalog.movements (id, variant_id, kind, delta, reason, order_id, return_id, moved_at)
  values (uuidv7(), ${variant_id}, 'returned', 1, '', ${order}, ${return_id}, ${anHourAgo})`

type Violation = Readonly<{ does: string; name: string; plant: readonly RawBuilder<unknown>[] }>

const onHand = 'shop.returned-goods-are-on-hand'
const inPayments = 'shop.refunding-return-is-in-payments'
const violations: readonly Violation[] = [
  {
    does: 'a flower of a bouquet that came back is not on hand',
    name: onHand,
    plant: [sql`delete from catalog.movements where variant_id = ${tulip}`],
  },
  {
    does: 'a part of the pieces that came back is not on hand',
    name: onHand,
    plant: [sql`update catalog.movements set delta = 1 where variant_id = ${rose}`],
  },
  {
    does: 'more pieces are on hand than came back',
    name: onHand,
    plant: [sql`update catalog.movements set delta = 3 where variant_id = ${rose}`],
  },
  {
    does: 'pieces are on hand that came back damaged',
    name: onHand,
    plant: [sql`update ordering.return_lines set sellable = 0, damaged = 1 where return_id = ${returned}`],
  },
  {
    does: 'the goods of a return that does not exist are on hand',
    name: onHand,
    plant: [restock(randomUUID())],
  },
  {
    does: 'the goods of a return that staff refused are on hand',
    name: onHand,
    plant: [
      dropRefund,
      sql`update ordering.return_lines set sellable = null, damaged = null, missing = null, amount = null`,
      sql`
        update ordering.returns set status = 'refused', refused_at = now(), answer = 'No', received_at = null, refunded_at = null,
          refundable_amount = null, refund_id = null, refund_amount = null`,
    ],
  },
  {
    does: 'payments has no refund of a return that waits for it',
    name: inPayments,
    plant: [refunding('6 minutes'), dropRefund],
  },
  {
    does: 'a return does not learn that payments refused its refund',
    name: inPayments,
    plant: [refunding('1 hour'), refuseRefund('6 minutes')],
  },
]

for (const { does, name, plant } of violations) {
  test(`posad check finds it when ${does} (PLT-22, ORD-10)`, async () => {
    for (const statement of plant) await run(statement)
    assert.deepEqual(await broken(), [name])
  })
}

test('a refund may take minutes, and a bank days (PLT-22, ORD-10)', async () => {
  await run(refunding('4 minutes'))
  await run(dropRefund)
  assert.deepEqual(await broken(), [])
})

test('a bank may take days for a refund that payments has (PLT-22, ORD-10)', async () => {
  await run(refunding('1 day'))
  await run(sql`update payments.refunds set status = 'requested', done_at = null where id = ${refund}`)
  assert.deepEqual(await broken(), [])
})
