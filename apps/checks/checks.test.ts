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
  await run(addVase)
})
after(() => database.close())

const run = async (statement: RawBuilder<unknown>) => void (await statement.execute(database.db))

type Shop = Readonly<{ online: string; cash: string; cancelled: string }>

/** Three orders that agree with their payments, shipments and holds. */
async function openShop(): Promise<Shop> {
  const shop = { online: randomUUID(), cash: randomUUID(), cancelled: randomUUID() }
  const user = randomUUID()
  for (const table of [
    'ordering.timeline',
    'ordering.orders',
    'delivery.shipments',
    'dispatch.discrepancies',
    'dispatch.parcels',
    'dispatch.fleet_couriers',
    'identity.users',
    'payments.refunds',
    'payments.payments',
    'payments.payment_requests',
    'catalog.holds',
    'promotions.redemptions',
    'promotions.promotions',
  ])
    await run(sql`delete from ${sql.table(table)}`)
  await run(sql`
    insert into ordering.orders (id, number, user_id, status, items_amount, total_amount, currency, weight_grams, payment_method,
      delivery_method, pickup_point_id, created_at, updated_at, input_hash, paid_at, shipped_at, cancelled_at, reason)
    select id, id::text, ${user}, status, 500, 500, 'RUB', 0, method, 'pickup', uuidv7(), at, at, '',
      case when method = 'online' then at end, case when status = 'shipping' then at end,
      case when status = 'cancelled' then at end, case when status = 'cancelled' then 'customer' end
    from (values (${shop.online}::uuid, 'shipping', 'online', now() - interval '1 day'),
                 (${shop.cash}, 'processing', 'cash_on_delivery', now() - interval '1 day'),
                 (${shop.cancelled}, 'cancelled', 'online', now() - interval '1 day')) as made (id, status, method, at)`)
  await run(sql`
    insert into delivery.shipments (id, order_id, user_id, method, status, pickup_code, tracking_token, timeline, created_at, updated_at)
    select uuidv7(), id, user_id, 'pickup', 'pending', '123456', id::text, '[{"status": "pending"}]', now(), now()
    from ordering.orders where status <> 'cancelled'`)
  await run(sql`
    insert into payments.payment_requests (subject_id, subject_type, user_id, amount, currency, description, method,
      status, created_at, updated_at)
    select id, 'order', user_id, 500, 'RUB', '', payment_method, 'open', now(), now() from ordering.orders`)
  await run(sql`
    insert into payments.payments (id, subject_type, subject_id, user_id, amount, currency, method, provider, status,
      transaction_id, completed_at, refunded_amount, created_at, updated_at)
    select uuidv7(), 'order', id, user_id, 500, 'RUB', payment_method, 'elsewhere',
      case when cancelled_at is not null then 'refunded' else 'completed' end, id::text,
      now() - interval '1 day', case when cancelled_at is not null then 500 else 0 end, now(), now()
    from ordering.orders where payment_method = 'online'`)
  await run(sql`
    insert into catalog.holds (order_id, state, held_at, items_hash, lines, total_amount, currency)
    select id, case when cancelled_at is null then 'firm' else 'released' end, now() - interval '1 day', '', '[]', 500, 'RUB'
    from ordering.orders`)
  return shop
}

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})

/** The names of all modules: a check across modules runs where each of its modules is. */
const wholeShop = modulesOf().map((name) => ({ name, api: undefined }))

/** The checks across modules that find something. */
async function broken(): Promise<readonly string[]> {
  const checks = checksOf({ db: database.db, modules: wholeShop })
  const found = await Promise.all(checks.map(async (check) => ({ ...check, rows: await check.violations() })))
  return found.filter(({ rows }) => rows.length > 0).map(({ name }) => name)
}

test('the checks across modules accept orders that agree with their payments, shipments and holds (F-60, PLT-22)', async () => {
  assert.deepEqual(await broken(), [])
})

/** The online order is refunded in full, and delivered two minutes later. */
const deliverRefunded = (order_id: string) => sql`
  with refunded as (
    update payments.payments set status = 'refunded', refunded_amount = amount where subject_id = ${order_id} returning id, amount
  ), refund as (
    insert into payments.refunds (id, payment_id, amount, currency, requested_by, reason, status, requested_at, done_at)
    select uuidv7(), id, amount, 'RUB', 'staff', '', 'done', now(), now() - interval '2 minutes' from refunded
  ), delivered as (
    update delivery.shipments set status = 'delivered', delivered_at = now() where order_id = ${order_id}
  )
  update ordering.orders set status = 'fulfilled', fulfilled_at = now() where id = ${order_id}`

/** The online order was refunded in full ten minutes ago. */
const refund = (order_id: string) => sql`
  with refunded as (
    update payments.payments set status = 'refunded', refunded_amount = amount where subject_id = ${order_id} returning id, amount
  )
  insert into payments.refunds (id, payment_id, amount, currency, requested_by, reason, status, requested_at, done_at)
  select uuidv7(), id, amount, 'RUB', 'staff', '', 'done', now(), now() - interval '10 minutes' from refunded`

/** A variant of the catalog. */
const vase = randomUUID()
const addVase = sql`
  with type as (
    insert into catalog.types (code, plural, name) values ('vase', 'vases', '{"ru": "", "en": ""}')
  ), product as (
    insert into catalog.products (id, type_code, slug, name, description, is_active, created_at, updated_at)
    values (${vase}, 'vase', 'vase', '{"ru": "", "en": ""}', '{"ru": "", "en": ""}', false, now(), now())
  )
  insert into catalog.variants (id, product_id, kind, sku, title, price, currency, weight_grams, is_active)
  values (${vase}, ${vase}, 'plain', 'vase', '{"ru": "", "en": ""}', 1, 'RUB', 0, false)`

const addLine = (order_id: string, line: Readonly<{ variant_id: string; component_id?: string }>) => sql`
  insert into ordering.lines (order_id, position, variant_id, product_id, sku, title, price, weight_grams, quantity,
    discount_amount, components)
  values (${order_id}, 1, ${line.variant_id}, uuidv7(), 'sku', '{"ru": "", "en": ""}', 500, 0, 1, 0,
    ${line.component_id === undefined ? null : JSON.stringify([{ variant_id: line.component_id, quantity: 1 }])}::jsonb)`

const stray = { order_id: randomUUID() }

/** The online order was handed over, and a piece of it came back and was refunded. */
const returnGoods = (order_id: string, refund_id: string) => sql`
  with fulfilled as (
    update ordering.orders set status = 'fulfilled', fulfilled_at = now() where id = ${order_id}
  ), line as (
    insert into ordering.lines (order_id, position, variant_id, product_id, sku, title, price, weight_grams, quantity)
    values (${order_id}, 1, uuidv7(), uuidv7(), 'T', '{}', 500, 0, 1) returning order_id
  ), returned as (
    insert into ordering.returns (id, order_id, status, locale, created_at, approved_at, received_at, refunded_at,
      refundable_amount, refund_id, refund_amount, updated_at)
    values (uuidv7(), ${order_id}, 'refunded', 'en', now(), now(), now(), now(), 500, ${refund_id}, 300, now())
    returning id, order_id
  )
  insert into ordering.return_lines (return_id, order_id, position, quantity, sellable, damaged, missing, amount)
  select returned.id, returned.order_id, 1, 1, 1, 0, 0, 500 from returned, line`

/** An order uses a promotion. */
const redeem = (order_id: string) => sql`
  with promotion as (
    insert into promotions.promotions (id, name, kind, percent, currency, category_ids, first_order, combinable, is_active,
      returns_use_on_refund, uses, created_at, updated_at)
    values (uuidv7(), '{}', 'percentage', 10, 'RUB', '{}', false, true, true, false, 1, now(), now()) returning id
  ), redemption as (
    insert into promotions.redemptions (order_id, state, input_hash, buyer_keys, price, redeemed_at)
    values (${order_id}, 'redeemed', '', '{}', '{}', now() - interval '5 minutes')
  )
  insert into promotions.uses (order_id, promotion_id, discount_amount) select ${order_id}::uuid, id, 0 from promotion`

type Carried = Readonly<{ parcel: string; shipment: string; cash?: number; user_id?: string }>

/** The shipment of an order and its parcel, an hour after their last change. */
const carry = (order_id: string, { parcel, shipment, ...planted }: Carried) => sql`
  with shipment as (
    update delivery.shipments set status = ${shipment}, updated_at = now() - interval '1 hour',
      cancelled_at = case when ${shipment} = 'cancelled' then now() end
    where order_id = ${order_id} returning id, order_id, user_id
  )
  insert into dispatch.parcels (id, order_id, address, weight_grams, volume_litres, window_from, window_to, cash_to_collect, pin,
    status, timeline, created_at, updated_at, user_id)
  select id, order_id, '""', 0, 1, now(), now() + interval '1 hour', ${planted.cash ?? 500}::bigint, '1234', ${parcel}, '[]', now(),
    now() - interval '1 hour', coalesce(${planted.user_id ?? null}::uuid, user_id)
  from shipment`

const pyotr = randomUUID()

/** Pyotr, who may go on duty, and whose account has had this role for an hour. */
const addCourier = (role: string) => sql`
  with account as (
    insert into identity.users (id, name, locale, timezone, role, created_at, updated_at)
    values (${pyotr}, 'Пётр', 'ru', 'Europe/Moscow', ${role}, now(), now() - interval '1 hour')
  )
  insert into dispatch.fleet_couriers (id, name, duty, speed_kmh, capacity_grams, capacity_litres, most_parcels, duty_since,
    updated_at)
  values (${pyotr}, 'Пётр', 'off', 15, 15000, 40, 5, now(), now() - interval '1 hour')`

/** `name`: the checks that find it, with commas. */
type Violation = Readonly<{ name: string; does: string; plant: () => RawBuilder<unknown> }>

const violations: readonly Violation[] = [
  {
    does: 'an order disappears, and leaves its shipment, its payment and its hold',
    name: 'shop.shipment-has-order, shop.payment-has-order, shop.hold-has-order',
    plant: () => sql`delete from ordering.orders where id = ${shop.online}`,
  },
  {
    does: 'an unpaid order has a shipment',
    name: 'shop.shipment-is-paid',
    plant: () => sql`
      with unpaid as (
        update payments.payments set status = 'pending', completed_at = null, transaction_id = null where subject_id = ${shop.online}
      )
      update ordering.orders set status = 'processing', paid_at = null, shipped_at = null where id = ${shop.online}`,
  },
  {
    does: 'an order with cash on delivery has a shipment before it is accepted',
    name: 'shop.shipment-is-paid',
    plant: () => sql`update ordering.orders set status = 'created' where id = ${shop.cash}`,
  },
  {
    does: 'a shipment failed an hour ago, and its order is still on its way',
    name: 'shop.ended-shipment-ends-order',
    plant: () => sql`
      with long as (update ordering.orders set shipped_at = now() - interval '2 hours' where id = ${shop.online})
      update delivery.shipments set status = 'failed', reason = 'refused', updated_at = now() - interval '1 hour' where order_id = ${shop.online}`,
  },
  {
    does: 'a shipment belongs to another account than its order',
    name: 'shop.shipment-is-of-the-buyer',
    plant: () => sql`
      with long as (update ordering.orders set updated_at = now() - interval '1 hour' where id = ${shop.online})
      update delivery.shipments set user_id = uuidv7(), updated_at = now() - interval '1 hour' where order_id = ${shop.online}`,
  },
  {
    does: 'a completed payment does not reach its order',
    name: 'shop.shipment-is-paid, shop.completed-payment-pays-order',
    plant: () =>
      sql`update ordering.orders set status = 'processing', paid_at = null, shipped_at = null where id = ${shop.online}`,
  },
  {
    does: 'an order requests the payment of another amount',
    name: 'shop.payment-request-is-of-the-order',
    plant: () => sql`update payments.payment_requests set amount = 499 where subject_id = ${shop.online}`,
  },
  {
    does: 'staff edited an order ten minutes ago, and its hold and its payment are the former ones',
    name: 'shop.paid-order-has-payment, shop.payment-request-is-of-the-order, shop.hold-has-the-edits-of-its-order',
    plant: () => sql`
      update ordering.orders set revision = 2, payment_revision = 2, updated_at = now() - interval '10 minutes'
      where id = ${shop.online}`,
  },
  {
    does: 'an order was cancelled after its delivery',
    name: 'shop.delivered-is-not-cancelled',
    plant: () => sql`
      insert into delivery.shipments (id, order_id, method, status, pickup_code, tracking_token, timeline, created_at, updated_at, delivered_at)
      select uuidv7(), id, 'pickup', 'delivered', '123456', id::text, '[]', now(), now(), now()
      from ordering.orders where id = ${shop.cancelled}`,
  },
  {
    does: 'the customer paid another amount than that of the order',
    name: 'shop.payment-has-order',
    plant: () => sql`update payments.payments set amount = 400 where subject_id = ${shop.online}`,
  },
  {
    does: 'an order counts as paid without a completed payment',
    name: 'shop.paid-order-has-payment',
    plant: () => sql`
      update payments.payments set status = 'pending', completed_at = null, transaction_id = null
      where subject_id = ${shop.online}`,
  },
  {
    does: 'the shop keeps the money of a cancelled order',
    name: 'shop.cancelled-order-is-refunded',
    plant: () =>
      sql`update payments.payments set status = 'completed', refunded_amount = 0 where subject_id = ${shop.cancelled}`,
  },
  {
    does: 'goods leave the shop after the full refund of their order',
    name: 'shop.refunded-order-is-not-delivered',
    plant: () => deliverRefunded(shop.online),
  },
  {
    does: 'a return is refunded, and payments has refunded nothing',
    name: 'shop.refunded-return-is-paid-out',
    plant: () => returnGoods(shop.online, randomUUID()),
  },
  {
    does: 'payments has refunded a return that no buyer requested',
    name: 'shop.refunded-return-is-paid-out',
    plant: () => sql`
      insert into payments.refunds (id, payment_id, amount, currency, requested_by, reason, status, requested_at, done_at)
      select uuidv7(), id, 1, 'RUB', 'return', 'return', 'done', now(), now() - interval '1 hour'
      from payments.payments where subject_id = ${shop.online}`,
  },
  {
    does: 'an order goes on to its customer after its full refund',
    name: 'shop.refunded-order-is-not-on-its-way',
    plant: () => refund(shop.online),
  },
  {
    does: 'an order has a line of a variant that does not exist',
    name: 'shop.ordered-variant-exists',
    plant: () => addLine(shop.online, { variant_id: randomUUID() }),
  },
  {
    does: 'an order has a bouquet of a flower that does not exist',
    name: 'shop.ordered-variant-exists',
    plant: () => addLine(shop.cash, { variant_id: vase, component_id: randomUUID() }),
  },
  {
    does: 'a courier has delivered the parcel of a cancelled shipment',
    name: 'shop.parcel-agrees-with-shipment',
    plant: () => carry(shop.cash, { parcel: 'delivered', shipment: 'cancelled' }),
  },
  {
    does: 'a parcel of a cancelled shipment waits for a courier',
    name: 'shop.parcel-agrees-with-shipment',
    plant: () => carry(shop.cash, { parcel: 'waiting', shipment: 'cancelled' }),
  },
  {
    does: 'a parcel is cancelled and its shipment is not',
    name: 'shop.parcel-agrees-with-shipment',
    plant: () => carry(shop.cash, { parcel: 'cancelled', shipment: 'pending' }),
  },
  {
    does: 'the shipment of a courier has no parcel',
    name: 'shop.courier-shipment-has-parcel',
    plant: () => sql`
      update delivery.shipments set method = 'courier', delivery_address = '""', created_at = now() - interval '10 minutes'
      where order_id = ${shop.cash}`,
  },
  {
    does: 'a courier collects nothing for an order with cash on delivery',
    name: 'shop.parcel-collects-the-cash-of-its-order',
    plant: () => carry(shop.cash, { parcel: 'waiting', shipment: 'pending', cash: 0 }),
  },
  {
    does: 'a courier collects cash for an order that was paid online',
    name: 'shop.parcel-collects-the-cash-of-its-order',
    plant: () => carry(shop.online, { parcel: 'waiting', shipment: 'pending' }),
  },
  {
    does: 'a parcel belongs to another customer than its shipment',
    name: 'shop.parcel-has-the-customer-of-its-shipment',
    plant: () => carry(shop.cash, { parcel: 'waiting', shipment: 'pending', user_id: randomUUID() }),
  },
  {
    does: 'an account without the role may go on duty as a courier',
    name: 'shop.courier-has-permission',
    plant: () => addCourier('customer'),
  },
  {
    does: 'stock is held for an order that does not exist',
    name: 'shop.hold-has-order',
    plant: () => sql`
      insert into catalog.holds (order_id, state, held_at, expires_at, items_hash, lines, total_amount, currency)
      values (${stray.order_id}, 'held', now() - interval '5 minutes', now(), '', '[]', 0, 'RUB')`,
  },
  {
    does: 'a coupon is used by an order that does not exist',
    name: 'shop.redemption-has-order',
    plant: () => redeem(stray.order_id),
  },
  {
    does: 'a coupon stays used by a cancelled order',
    name: 'shop.redemption-has-order',
    plant: () => redeem(shop.cancelled),
  },
  {
    does: 'an order has a discount that no promotion counts',
    name: 'shop.discounted-order-has-redemption',
    plant: () => sql`
      update ordering.orders set discounts = jsonb_build_array(jsonb_build_object('promotion_id', uuidv7(), 'amount', 1))
      where id = ${shop.online}`,
  },
  {
    does: 'the goods of a paid order are free for others',
    name: 'shop.paid-order-has-its-goods',
    plant: () => sql`delete from catalog.holds where order_id = ${shop.online}`,
  },
  {
    does: 'the shipment of an order is gone',
    name: 'shop.shipping-order-has-shipment',
    plant: () => sql`delete from delivery.shipments where order_id = ${shop.online}`,
  },
  {
    does: 'stock stays held for a cancelled order',
    name: 'shop.cancelled-order-holds-nothing',
    plant: () => sql`update catalog.holds set state = 'firm' where order_id = ${shop.cancelled}`,
  },
  {
    does: 'goods are on sale whose parcel is outside the shop',
    name: 'shop.goods-that-left-are-in-return',
    plant: () => sql`update ordering.orders set goods_left = true where id = ${shop.cancelled}`,
  },
  {
    does: 'goods are in return whose parcel never left the shop',
    name: 'shop.goods-that-left-are-in-return',
    plant: () => sql`update catalog.holds set state = 'in_return' where order_id = ${shop.cancelled}`,
  },
]

/** An order, its shipment, its payment and its hold an hour after it was fulfilled. */
const fulfil = (order_id: string) => sql`
  with delivered as (
    update delivery.shipments set status = 'delivered', updated_at = now() - interval '1 hour', delivered_at = now()
    where order_id = ${order_id}
  ), sold as (
    update catalog.holds set state = 'sold' where order_id = ${order_id}
  )
  update ordering.orders set status = 'fulfilled', fulfilled_at = now() - interval '1 hour' where id = ${order_id}`

/** Violations of a fulfilled order. */
const afterFulfilment: readonly Violation[] = [
  {
    does: 'an order is fulfilled although its shipment failed',
    name: 'shop.fulfilled-order-is-delivered',
    plant: () =>
      sql`update delivery.shipments set status = 'failed', reason = 'refused', delivered_at = null where order_id = ${shop.online}`,
  },
  {
    does: 'an order is fulfilled and has no shipment',
    name: 'shop.fulfilled-order-is-delivered',
    plant: () => sql`delete from delivery.shipments where order_id = ${shop.online}`,
  },
  {
    does: 'the goods of a fulfilled order are still held',
    name: 'shop.fulfilled-order-has-sold-its-goods',
    plant: () => sql`update catalog.holds set state = 'firm' where order_id = ${shop.online}`,
  },
  {
    does: 'a fulfilled order for cash was never paid',
    name: 'shop.fulfilled-order-is-paid',
    plant: () => sql`
      with paid as (delete from payments.payments where subject_id = ${shop.online}), request as (
        update payments.payment_requests set method = 'cash_on_delivery' where subject_id = ${shop.online})
      update ordering.orders set payment_method = 'cash_on_delivery', paid_at = null where id = ${shop.online}`,
  },
]

test('the checks across modules accept an order that was fulfilled (PLT-22)', async () => {
  await run(fulfil(shop.online))
  assert.deepEqual(await broken(), [])
})

for (const { does, name, plant } of afterFulfilment) {
  test(`posad check finds it when ${does} (PLT-22)`, async () => {
    await run(fulfil(shop.online))
    await run(plant())
    assert.deepEqual(await broken(), [name])
  })
}

test('a parcel whose discrepancy staff have settled may differ from its shipment (DSP-9)', async () => {
  await run(carry(shop.cash, { parcel: 'delivered', shipment: 'cancelled' }))
  await run(sql`
    insert into dispatch.discrepancies (id, parcel_id, order_id, courier_id, reported, recorded, happened_at, created_at,
      resolved_at, resolution)
    select uuidv7(), id, order_id, uuidv7(), 'delivered', 'cancelled', now(), now(), now(), 'paid' from dispatch.parcels`)
  assert.deepEqual(await broken(), [])
})

test('a courier with the role brings an order and its cash (F-60, PLT-22)', async () => {
  await run(addCourier('courier'))
  await run(carry(shop.cash, { parcel: 'waiting', shipment: 'pending' }))
  assert.deepEqual(await broken(), [])
})

for (const { does, name, plant } of violations) {
  test(`posad check finds it when ${does} (F-60, PLT-22)`, async () => {
    await run(plant())
    assert.deepEqual(await broken(), name.split(', '))
  })
}

test('lines of variants of the catalog, and of orders that have ended, are right (PLT-22)', async () => {
  await run(addLine(shop.online, { variant_id: vase }))
  await run(addLine(shop.cash, { variant_id: vase, component_id: vase }))
  await run(addLine(shop.cancelled, { variant_id: randomUUID() }))
  assert.deepEqual(await broken(), [])
})

test('an order is on its way for the minutes that its cancellation takes after a refund, and longer when it was refused (PAY-5)', async () => {
  await run(refund(shop.online))
  await run(sql`update payments.refunds set done_at = now() - interval '4 minutes'`)
  assert.deepEqual(await broken(), [])
  await run(sql`update payments.refunds set done_at = now() - interval '1 day'`)
  await run(sql`
    insert into ordering.timeline (order_id, number, at, event, status)
    values (${shop.online}, 1, now(), 'shipment-cancellation-refused', 'shipping')`)
  assert.deepEqual(await broken(), [])
})

test('an order whose parcel was under way at its full refund may be delivered (PAY-5)', async () => {
  await run(deliverRefunded(shop.online))
  await run(sql`
    insert into ordering.timeline (order_id, number, at, event, status)
    values (${shop.online}, 1, now(), 'shipment-cancellation-refused', 'shipping')`)
  assert.deepEqual(await broken(), [])
})

test('a hold of the last minutes may be without its order, because the order is saved after it (F-60)', async () => {
  await run(sql`
    insert into catalog.holds (order_id, state, held_at, expires_at, items_hash, lines, total_amount, currency)
    values (${randomUUID()}, 'held', now() - interval '3 minutes', now(), '', '[]', 0, 'RUB')`)
  assert.deepEqual(await broken(), [])
})
