import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { Type, type Static } from 'typebox'
import { ReturnView } from '#ordering/returns/schema'
import { OrderView } from '#ordering/schema'
import { Nullable, Page } from '#platform/schema'
import { eventually, expectProblem, expectResponse } from '#platform/testing'
import { newId } from '#platform/values'
import { guest, openShop, staff, type Shop } from '../e2e/open-shop.ts'
import { firstOf, orderBecomes, password, placeOrder, registerCustomer, toPickup } from '../e2e/purchase-steps.ts'
import { imageFile, uploadImage } from '../e2e/upload-image.ts'
import { operations, type Operation } from './openapi.ts'

const lists = operations.filter(({ method, answer }) => method === 'get' && answer?.properties?.['next_cursor'])

const Item = Type.Object({
  id: Type.Optional(Type.String()),
  order_id: Type.Optional(Nullable(Type.String())),
  code: Type.Optional(Nullable(Type.String())),
})
const ListPage = Page(Item)

let shop: Shop
let as: string
/** The path of each list with its parameters filled in, so that it has items. */
let paths: Readonly<Record<string, string>>

before(async () => {
  // Images wait for a worker that does not come.
  shop = await openShop({ IMAGE_WORKER: 'outside' })
  const { user, access_token } = await registerCustomer(shop)
  as = access_token
  await shop.customer()
  await shop.send(guest, 'POST /auth/login', { body: { email: user.email, password } })
  const tea = await firstOf(shop, 'teas')
  const orders = [await order(tea.variant_id), await order(tea.variant_id)]
  const cash = [await order(tea.variant_id, 'cash_on_delivery'), await order(tea.variant_id, 'cash_on_delivery')]
  for (const id of cash) await orderBecomes(shop, { id, as }, 'shipping')
  for (const id of cash) await sendBack(id, tea.variant_id)
  const link_token = await receiveAsGuest(tea.variant_id)
  await returnTwice(guest, `/orders/by-link/${link_token}/returns`, tea.variant_id)
  for (const title of ['What?', 'How?']) {
    const body = { locale: 'en', title, answer: 'So.' }
    expectResponse(await shop.send(staff, 'POST /admin/faq', { body }), 201)
  }
  for (const comment of ['Ring', 'Knock'])
    expectResponse(
      await shop.send(staff, `PUT /admin/order-drafts/${newId()}`, { body: { content: { comment } } }),
      200,
    )
  for (const en of ['Spring', 'Summer']) {
    const body = { name: { ru: en, en }, kind: 'percentage', percent: 1, is_active: false }
    expectResponse(await shop.send(staff, 'POST /admin/promotions', { body }), 201)
  }
  for (const width of [101, 102]) expectResponse(await uploadImage(shop, tea.id, await imageFile(width)), 202)
  await shop.send(staff, `POST /admin/variants/${tea.variant_id}/stock`, { body: { delta: 3, reason: 'found' } })
  const [order_id = ''] = orders
  await shop.send(as, 'POST /payments/process', { body: { order_id } })
  await failBefore(order_id)
  await addToGrid()
  await addReturns(tea.variant_id)
  const webhook_id = await addWebhooks()
  await addReviews(tea.id)
  for (const list of ['teas', 'bouquets']) {
    const { variant_id } = await firstOf(shop, list)
    expectResponse(await shop.send(as, `PUT /catalog/variants/${variant_id}/alerts/price_drop`), 200)
  }
  for (const apartment of ['3', '4']) {
    const body = { country: 'Россия', city: 'Коломна', street: 'Посадская', house: '12', apartment }
    expectResponse(await shop.send(as, 'POST /auth/me/addresses', { body }), 201)
  }
  await addDecisions()
  paths = {
    '/api/v1/catalog/{plural}': '/catalog/flowers',
    '/api/v1/catalog/products/{id}/reviews': `/catalog/products/${tea.id}/reviews`,
    '/api/v1/admin/webhooks/{id}/deliveries': `/admin/webhooks/${webhook_id}/deliveries`,
    '/api/v1/admin/variants/{id}/movements': `/admin/variants/${tea.variant_id}/movements`,
    '/api/v1/admin/products/{id}/brew-profiles': `/admin/products/${tea.id}/brew-profiles`,
    '/api/v1/payments/order/{order_id}': `/payments/order/${order_id}`,
    '/api/v1/orders/{id}/returns': `/orders/${cash[0]}/returns`,
    '/api/v1/orders/by-link/{token}/returns': `/orders/by-link/${link_token}/returns`,
  }
})
after(() => shop.close())

async function order(variant_id: string, payment_method = 'online'): Promise<string> {
  return (await placeOrder(shop, as, { ...toPickup, payment_method, items: [{ variant_id, quantity: 1 }] })).id
}

/** The customer receives an order, and asks to return its goods. */
async function sendBack(id: string, variant_id: string): Promise<void> {
  expectResponse(await shop.send(staff, `PATCH /admin/orders/${id}/status`, { body: { status: 'fulfilled' } }), 200)
  await returnTwice(as, `/orders/${id}/returns`, variant_id)
}

/** A buyer asks to return goods, is refused, and asks again. */
async function returnTwice(buyer: string | undefined, path: `/${string}`, variant_id: string): Promise<void> {
  const body = { items: [{ variant_id, quantity: 1 }], reason: 'It smells of smoke' }
  const ask = async () => expectResponse(await shop.send(buyer, `POST ${path}`, { body }), 201, ReturnView).id
  const refusal = { body: { answer: 'Tea smells of smoke' } }
  expectResponse(await shop.send(staff, `POST /admin/order-returns/${await ask()}/refuse`, refusal), 200)
  await ask()
}

/** A guest receives an order. Returns the token of its private link. */
async function receiveAsGuest(variant_id: string): Promise<string> {
  const terms = { payment_method: 'cash_on_delivery', contact: { phone: '+7 912 345-67-89' } }
  const body = { ...toPickup, ...terms, items: [{ variant_id, quantity: 1 }] }
  const { id, link_token } = expectResponse(await shop.send(guest, 'POST /orders', { body }), 201, OrderView)
  await eventually(async () => {
    const shown = expectResponse(await shop.send(guest, `GET /orders/by-link/${link_token}`), 200, OrderView)
    assert.equal(shown.status, 'shipping')
  })
  expectResponse(await shop.send(staff, `PATCH /admin/orders/${id}/status`, { body: { status: 'fulfilled' } }), 200)
  return link_token ?? assert.fail('an order of a guest has no link')
}

async function addReviews(product_id: string): Promise<void> {
  const body = { platform: 'yandex', rating: 5, reviewed_at: '2026-10-01T10:00:00Z', product_id }
  for (let i = 0; i < 2; i++) expectResponse(await shop.send(staff, 'POST /admin/reviews', { body }), 201)
}

/** Sets four messages aside, and skips two of them. */
async function addDecisions(): Promise<void> {
  const ids = Array.from({ length: 4 }, () => newId())
  await sql`
    insert into platform.parked (consumer_group, event_id, position, day, partition_key, type, state)
    select 'herald', id, 900000000 + n, current_date, n::text, 'ordering.order-paid.v1', 'dead'
    from unnest(${ids}::uuid[]) with ordinality as parked (id, n)
  `.execute(shop.app.db)
  const body = { reason: 'printed by hand' }
  for (const id of ids.slice(2))
    expectResponse(
      await shop.send(staff, `POST /admin/outbox/groups/herald/messages/${id}/skip`, { body }),
      200,
      Type.Object({ kind: Type.String() }),
    )
}

/** Adds two endpoints and two deliveries to one of them. Nothing answers at their address. */
async function addWebhooks(): Promise<string> {
  const body = { url: 'https://receiver.invalid/', event_types: ['ordering.order-paid.v1'] }
  const add = async () =>
    expectResponse(await shop.send(staff, 'POST /admin/webhooks', { body }), 201, Type.Object({ id: Type.String() }))
  const [{ id }] = [await add(), await add()]
  for (let i = 0; i < 2; i++) expectResponse(await shop.send(staff, `POST /admin/webhooks/${id}/ping`), 202)
  return id
}

/** Adds couriers to the grid, orders that none of them can take, and parcels. */
async function addToGrid(): Promise<void> {
  await sql`
    insert into dispatch.parcels (id, order_id, address, weight_grams, volume_litres, window_from, window_to, cash_to_collect, pin,
      status, timeline, created_at, updated_at)
    select gen_random_uuid(), gen_random_uuid(), '"Посадская 1"', 1, 1, now(), now() + interval '1 hour', 0, '1234', 'waiting', '[]', date_trunc('milliseconds', now()), now()
    from generate_series(1, 2)`.execute(shop.app.db)
  await sql`
    insert into dispatch.discrepancies (id, parcel_id, order_id, courier_id, reported, recorded, happened_at, created_at)
    select uuidv7(), id, order_id, uuidv7(), 'delivered', 'cancelled', now(), created_at from dispatch.parcels`.execute(
    shop.app.db,
  )
  for (const name of ['Пётр', 'Иван']) await shop.send(staff, 'POST /dispatch/couriers', { body: { name, speed: 1 } })
  for (const address of ['Посадская 1', 'Посадская 2'])
    await shop.send(staff, 'POST /dispatch/orders', { body: { address, volume: 10_000 } })
}

/** Inserts the goods of two orders that are on their way back. */
const addReturns = (variant_id: string) =>
  sql`
    with returned as (
      insert into catalog.returns (order_id, expected_at)
      select gen_random_uuid(), date_trunc('milliseconds', now()) from generate_series(1, 2) returning order_id
    )
    insert into catalog.return_items (order_id, variant_id, pieces) select order_id, ${variant_id}, 1 from returned
  `.execute(shop.app.db)

/** Inserts a failed payment before the current one. */
const failBefore = (order_id: string) =>
  sql`
    insert into payments.payments (id, subject_type, subject_id, user_id, amount, currency, method, provider, status,
      reason, created_at, updated_at)
    select ${newId()}, subject_type, subject_id, user_id, amount, currency, method, provider, 'failed', 'declined',
      created_at - interval '1 minute', updated_at
    from payments.payments where subject_id = ${order_id}
  `.execute(shop.app.db)

test('every list that returns a cursor accepts one (rule 5)', () => {
  assert.ok(lists.length > 15, `only ${lists.length} lists`)
  const without = lists.filter(({ parameters }) => !parameters.some(({ name }) => name === 'cursor'))
  assert.deepEqual(without.map(nameOf), [])
})

for (const list of lists) {
  test(`${nameOf(list)}: the cursor leads through all items once, and a foreign cursor is refused (rule 5)`, async () => {
    const path = paths[list.path] ?? list.path.replace('/api/v1', '')
    assert.ok(!path.includes('{'), 'name a path with items in `paths`')
    const send = (query: string) =>
      shop.send(/^\/(admin|dispatch|internal)\//.test(path) ? staff : as, `GET /${path.slice(1)}?${query}`)
    const page = async (query: string) => expectResponse(await send(query), 200, ListPage)
    const all = await page('page_size=100')
    assert.ok(all.total >= 2, `the list has ${all.total} items`)
    const page_size = Math.ceil(Math.min(all.total, 100) / 2)
    const first = await page(`page_size=${page_size}`)
    const second = await page(`page_size=${page_size}&cursor=${first.next_cursor}`)
    assert.deepEqual([...first.items, ...second.items].map(keyOf), all.items.map(keyOf))
    assert.equal(second.next_cursor === null, all.next_cursor === null)

    const foreign = Buffer.from('["nonsense"]').toString('base64url')
    expectProblem(await send(`cursor=${foreign}`), 400, 'bad-cursor')
  })
}

function nameOf({ method, path }: Operation): string {
  return `${method.toUpperCase()} ${path}`
}

const keyOf = ({ id, order_id, code }: Static<typeof Item>) => id ?? order_id ?? code
