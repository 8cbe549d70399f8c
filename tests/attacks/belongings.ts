import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { eventually } from '#platform/testing'
import { arrives, onShelf, press, type Shop } from '../e2e/open-shop.ts'

/** Everything a customer can own in this house. */
export type Belongings = Readonly<{
  as: string
  email: string
  password: string
  user_id: string
  session_id: string
  refresh_token: string
  /** On its way, with a payment and a shipment. */
  order_id: string
  payment_id: string
  shipment_id: string
  tracking_token: string
  /** Not paid yet. */
  open_order_id: string
  open_payment_id: string
  /** Lies in the cart. */
  variant_id: string
}>

type Body = Readonly<Record<string, unknown>>

/** Registers somebody who then owns one of everything. */
export async function somebodyWithEverything(shop: Shop, name: string): Promise<Belongings> {
  const email = `${name.toLowerCase()}-${randomUUID()}@example.org`
  const password = 'oolong and peonies 7'
  const { body } = await shop.ask('POST', '/auth/register', { body: { email, password, name } })
  const as = body.access_token as string
  const [goods] = await onShelf(shop, 'teas')
  assert.ok(goods)
  const { variant_id } = goods
  const place = async (input: Body) => {
    const items = [{ variant_id, quantity: 1 }]
    const placed = await shop.ask('POST', '/orders', { as, body: { items, ...input } })
    assert.equal(placed.status, 201, JSON.stringify(placed.body))
    const { id } = placed.body as { id: string }
    await arrives(shop, { id, as }, 'processing')
    return id
  }
  const order_id = await place({ delivery_method: 'courier', delivery_address: 'Коломна, Посадская 3' })
  await press(shop, order_id, 'approve')
  await arrives(shop, { id: order_id, as }, 'shipping')
  const open_order_id = await place({ delivery_method: 'pickup' })
  await shop.ask('POST', '/cart/items', { as, body: { variant_id, quantity: 2 } })
  const shipment = (await shop.ask('GET', `/delivery/order/${order_id}`, { as })).body
  const paymentOf = async (id: string) => (await shop.ask('GET', `/payments/order/${id}`, { as })).body.items[0].id
  return {
    as,
    email,
    password,
    user_id: body.user.id,
    session_id: (await shop.ask('GET', '/auth/sessions', { as })).body.items[0].id,
    refresh_token: body.refresh_token,
    order_id,
    payment_id: await paymentOf(order_id),
    shipment_id: shipment.id,
    tracking_token: shipment.tracking_token,
    open_order_id,
    open_payment_id: await paymentOf(open_order_id),
    variant_id,
  }
}

/** One checksum per table that holds business or news of it. */
export async function checksums({ app }: Shop): Promise<Record<string, string>> {
  const { rows } = await sql<{ name: string }>`
    select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema', 'graphile_worker', 'posad')
      and (table_schema <> 'platform' or table_name in ('event', 'saga', 'saga_step', 'parked', 'idempotency', 'operation'))
    order by name
  `.execute(app.db)
  const sums: Record<string, string> = {}
  for (const { name } of rows) {
    const sum = await sql<{ sum: string }>`
      select count(*) || ' rows ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as sum
      from ${sql.raw(name)} t
    `.execute(app.db)
    sums[name] = sum.rows[0]?.sum ?? ''
  }
  return sums
}

/** The checksums once nothing moves any more: sagas and hearers have their own pace. */
export async function whenQuiet(shop: Shop): Promise<Record<string, string>> {
  let last = await checksums(shop)
  await eventually(
    async () => {
      const before = last
      await new Promise((resolve) => setTimeout(resolve, 250))
      last = await checksums(shop)
      assert.deepEqual(last, before, 'the shop comes to rest')
    },
    { within: 10_000 },
  )
  return last
}
