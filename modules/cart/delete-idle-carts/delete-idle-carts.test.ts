import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { anna, guest } from '#platform/testing'
import { after as later, days, newId, systemClock } from '#platform/values'
import { openCartTest, type CartTest } from '../testing.ts'
import { deleteIdleCartsJob } from './job.ts'

let shop: CartTest
before(async () => {
  shop = await openCartTest()
})
after(async () => await shop.close())

test('a guest’s cart ends after 60 idle days, a customer’s never (CART-2)', async () => {
  const [variant_id = ''] = await shop.sellTea()
  const { cart_token } = await shop.added(guest, { variant_id, quantity: 1 })
  await shop.added(anna, { variant_id, quantity: 1 })
  const piecesAfter = async (idle: number) => {
    const job = deleteIdleCartsJob({ db: shop.db, now: () => later(systemClock(), days(idle)) })
    await job.work({}, AbortSignal.timeout(5000))
    return [(await shop.show(anna)).pieces, (await shop.show(guest, cart_token ?? undefined)).pieces]
  }
  assert.deepEqual(await piecesAfter(59), [1, 1])
  assert.deepEqual(await piecesAfter(61), [1, 0])
})

test('a guest who comes back while idle carts are deleted keeps the cart, and the deletion does not wait (CART-2)', async () => {
  const [variant_id = ''] = await shop.sellTea()
  const [back, away] = [await addAsGuest(variant_id), await addAsGuest(variant_id)]
  const job = deleteIdleCartsJob({ db: shop.db, now: () => later(systemClock(), days(61)) })
  await transaction(shop.db, async (tx) => {
    await sql`
      update cart.carts set updated_at = ${later(systemClock(), days(61))}
      where token_hash = sha256(${back}::text::bytea)`.execute(tx)
    await job.work({}, AbortSignal.timeout(5000))
  })
  assert.deepEqual([(await shop.show(guest, back)).pieces, (await shop.show(guest, away)).pieces], [1, 0])
})

test('the shop knows for 30 days which orders have left the cart (CART-5)', async () => {
  const order_id = newId()
  await sql`
    insert into cart.processed_orders (order_id, processed_at) values (${order_id}, ${systemClock()})`.execute(shop.db)
  const isKnownAfter = async (time: number) => {
    await deleteIdleCartsJob({ db: shop.db, now: () => later(systemClock(), time) }).work({}, AbortSignal.timeout(5000))
    return (
      (await sql`select from cart.processed_orders where order_id = ${order_id}`.execute(shop.db)).rows.length === 1
    )
  }
  assert.deepEqual([await isKnownAfter(days(29)), await isKnownAfter(days(31))], [true, false])
})

async function addAsGuest(variant_id: string): Promise<string> {
  const { cart_token } = await shop.added(guest, { variant_id, quantity: 1 })
  return cart_token ?? assert.fail('a guest got no token')
}
