import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { sql } from 'kysely'
import { anna, boris, expectProblem, expectResponse, machine as bot, olga, statementsOf } from '#platform/testing'
import { Page } from '#platform/schema'
import { minutes, newId } from '#platform/values'
import { AdminOrderSummary, AdminOrderView, type OrderView } from '../schema.ts'
import { openOrderingTest, teaItems, telegramIdOfAnna, type OrderingTest } from '../testing.ts'

let shop: OrderingTest
let ofAnna: OrderView
let ofBoris: OrderView
before(async () => {
  shop = await openOrderingTest()
  const terms = { items: teaItems(), recipient_name: '=HYPERLINK("x")' }
  ofAnna = await shop.place(anna, { ...terms, delivery_method: 'pickup', recipient_phone: '8 (912) 345-67-89' })
  shop.advance(minutes(10))
  ofBoris = await shop.place(boris, {
    ...terms,
    delivery_method: 'courier',
    delivery_address: { country: 'Россия', city: 'Коломна', street: 'Посадская', house: '12' },
    payment_method: 'cash_on_delivery',
    comment: 'ring twice; =SUM(1;2);@x',
  })
})
after(() => shop.close())

const listed = async (query: object) => {
  const search = new URLSearchParams(query as Record<string, string>)
  const page = expectResponse(
    await shop.send(olga, `GET /admin/orders?${search.toString()}`),
    200,
    Page(AdminOrderSummary),
  )
  return page.items.map(({ id }) => id)
}

test('staff find an order by its number, its id, a phone in any spelling, or the account of its buyer (ORD-7)', async () => {
  assert.deepEqual(await listed({ search: ofAnna.number.toLowerCase() }), [ofAnna.id])
  assert.deepEqual(await listed({ search: ofAnna.number.slice(0, 5) }), [ofBoris.id, ofAnna.id])
  assert.deepEqual(await listed({ search: ofBoris.id }), [ofBoris.id])
  for (const search of ['+7 912 345-67-89', '89123456789', '9123456789'])
    assert.deepEqual(await listed({ search }), [ofAnna.id], search)
  assert.deepEqual(await listed({ search: 'anna@' }), [ofAnna.id])
  assert.deepEqual(await listed({ search: 'nothing %' }), [])
})

test('staff find the order of a guest by e-mail and phone (ORD-7, ORD-11)', async () => {
  const cart = { id: newId(), version: newId(), lines: teaItems(), coupon: null }
  shop.stubs.guestCarts.set('token-of-a-guest', cart)
  const contact = { email: 'Guest@example.com', phone: '+7 999 111 22 33' }
  const body = { delivery_method: 'pickup', contact }
  const guest = { kind: 'guest' } as const
  const headers = { 'x-cart-token': 'token-of-a-guest' }
  const { id } = expectResponse(await shop.send(guest, 'POST /orders', { body, headers }), 201) as { id: string }
  assert.deepEqual(await listed({ search: 'guest@EXAMPLE.com' }), [id])
  assert.deepEqual(await listed({ search: '8 999 111-22-33' }), [id])
})

test('every filter narrows the list of staff (ORD-7)', async () => {
  assert.deepEqual(await listed({ user_id: ofAnna ? anna.user_id : '' }), [ofAnna.id])
  assert.deepEqual(await listed({ payment_method: 'cash_on_delivery' }), [ofBoris.id])
  assert.deepEqual(await listed({ delivery_method: 'courier' }), [ofBoris.id])
  assert.deepEqual(await listed({ until: ofBoris.created_at }), [ofAnna.id])
  assert.equal((await listed({ from: ofBoris.created_at })).includes(ofAnna.id), false)
  assert.deepEqual(await listed({ status: 'fulfilled' }), [])
  const customer = await shop.send(anna, 'GET /admin/orders?search=x')
  expectProblem(customer, 403, 'forbidden')
  expectProblem(await shop.send(olga, 'GET /admin/orders?search='), 400, 'validation-failed')
})

test('a search reads its orders by indexes, in two statements (ORD-7, PERF-5)', async () => {
  await sql`insert into ordering.orders (id, number, user_id, items_amount, total_amount, currency, weight_grams,
      payment_method, delivery_method, pickup_point_id, recipient_phone, created_at, updated_at, input_hash)
    select uuidv7(), '2020-' || n, uuidv7(), 100, 100, 'RUB', 1, 'online', 'pickup', uuidv7(), '+7495' || 1000000 + n,
      now() - interval '6 years', now(), '\\x00' from generate_series(1, 5000) n`.execute(shop.db)
  await sql`analyze ordering.orders`.execute(shop.db)
  const sent = await statementsOf(async () => void (await listed({ search: '+7 495 100-00-07' })))
  assert.equal(sent.filter(({ text }) => text.includes('ordering.')).length, 2)
  for (const search of ['2020-77', '+7 495 100-00-07']) {
    const { rows } = await sql<{ 'QUERY PLAN': string }>`
      explain select id from ordering.orders where number like ${`${search}%`}
      union select id from ordering.orders
        where ordering.phone_key(recipient_phone) = ordering.phone_key(${search}) and recipient_phone is not null
    `.execute(shop.db)
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    assert.doesNotMatch(plan, /Seq Scan/)
  }
  await sql`delete from ordering.orders where number like '2020-%'`.execute(shop.db)
})

test('staff export orders as CSV with the filters of the list, and no cell is a formula (ORD-7, A13)', async () => {
  const response = await shop.send(olga, 'GET /admin/orders/export?payment_method=cash_on_delivery')
  assert.equal(response.status, 200)
  assert.match(`${response.headers['content-type']}`, /^text\/csv/)
  const rows = parse(response.text, { columns: true }) as Record<string, string>[]
  assert.equal(rows.length, 1)
  const [row = {}] = rows
  assert.deepEqual(
    [row['number'], row['items'], row['total_amount'], row['delivery_address']],
    [ofBoris.number, 'TGY-100*1', '50000', 'Россия, Коломна, Посадская, 12'],
  )
  assert.equal(row['recipient_name'], `'=HYPERLINK("x")`)
  // The Russian spreadsheets split at semicolons.
  for (const cell of response.text.split(/[;\n]/)) assert.doesNotMatch(cell, /^\s*[=@]/)
  assert.equal(row['comment'], `ring twice; '=SUM(1;2);'@x`)
  expectProblem(await shop.send(anna, 'GET /admin/orders/export'), 403, 'forbidden')
})

test('an export has every order once, however many pages it reads (ORD-7)', async () => {
  await sql`insert into ordering.orders (id, number, user_id, items_amount, total_amount, currency, weight_grams,
      payment_method, delivery_method, pickup_point_id, created_at, updated_at, input_hash)
    select uuidv7(), '2019-' || n, uuidv7(), 100, 100, 'RUB', 1, 'online', 'pickup', uuidv7(),
      timestamptz '2019-01-01' + n / 3 * interval '1 second', now(), '\\x00' from generate_series(1, 250) n`.execute(
    shop.db,
  )
  const response = await shop.send(olga, 'GET /admin/orders/export?until=2019-12-31T00:00:00Z')
  const numbers = (parse(response.text, { columns: true }) as Record<string, string>[]).map((row) => row['number'])
  assert.deepEqual([numbers.length, new Set(numbers).size], [250, 250])
  await sql`delete from ordering.orders where number like '2019-%'`.execute(shop.db)
})

test('a program finds the orders of a Telegram user, shows one and changes its status; people have no access (ORD-7)', async () => {
  const found = await shop.send(bot, `GET /internal/orders?telegram_id=${telegramIdOfAnna}&limit=5`)
  assert.deepEqual(
    expectResponse(found, 200, Page(AdminOrderSummary)).items.map(({ id }) => id),
    [ofAnna.id],
  )
  const unknown = expectResponse(
    await shop.send(bot, 'GET /internal/orders?telegram_id=778'),
    200,
    Page(AdminOrderSummary),
  )
  assert.deepEqual([unknown.items, unknown.total], [[], 0])
  const shown = expectResponse(await shop.send(bot, `GET /internal/orders/${ofAnna.id}`), 200, AdminOrderView)
  assert.equal(shown.number, ofAnna.number)
  expectProblem(await shop.send(bot, `GET /internal/orders/${newId()}`), 404, 'not-found')
  const wrong = await shop.send(bot, `PATCH /internal/orders/${ofAnna.id}/status`, { body: { status: 'fulfilled' } })
  expectProblem(wrong, 409, 'order-status-not-allowed')
  const body = { status: 'cancelled', reason: 'The customer asked the bot' }
  expectResponse(await shop.send(bot, `PATCH /internal/orders/${ofAnna.id}/status`, { body }), 200)
  for (const caller of [anna, olga]) {
    expectProblem(await shop.send(caller, `GET /internal/orders/${ofAnna.id}`), 403, 'forbidden')
    expectProblem(await shop.send(caller, 'GET /internal/orders?telegram_id=777'), 403, 'forbidden')
  }
})
