import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { orderCreated } from '#ordering/events'
import { transaction } from '#platform/db'
import { anna, boris, crowd, customer, eventually } from '#platform/testing'
import { newId } from '#platform/values'
import type { Line } from '../schema.ts'
import { countLockWaits, openCartTest, type CartTest } from '../testing.ts'

let shop: CartTest
before(async () => {
  shop = await openCartTest()
})
after(async () => await shop.close())

type User = Readonly<{ user_id: string }>
const linesOf = async ({ user_id }: User) => (await shop.module.api.linesOf(user_id)).lines

async function order({ user_id }: User, items: readonly Line[], { from_cart = true, order_id = newId() } = {}) {
  const sold = { product_id: newId(), sku: 'tea', title: 'Tea', price: 100 }
  await shop.publish(
    orderCreated({
      order_id,
      number: '2026-7K3M9Q',
      user_id,
      items: items.map((line) => ({ ...sold, ...line })),
      total_amount: 100,
      currency: 'RUB',
      payment_method: 'online',
      delivery_method: 'pickup',
      from_cart,
    }),
  )
  return order_id
}

test('ordered items leave the cart, and items that were added meanwhile stay (CART-5)', async () => {
  const [oolong = '', puer = '', cup = ''] = await shop.sellTea({ variants: 3 })
  await shop.added(anna, { variant_id: oolong, quantity: 2 })
  await shop.added(anna, { variant_id: puer, quantity: 2 })
  await order(anna, [
    { variant_id: oolong, quantity: 2 },
    { variant_id: puer, quantity: 2 },
  ])
  await shop.added(anna, { variant_id: puer, quantity: 1 })
  await shop.added(anna, { variant_id: cup, quantity: 1 })
  assert.equal((await linesOf(anna)).length, 3, 'items left the cart before the event arrived')
  await shop.deliver()
  assert.deepEqual(await linesOf(anna), [
    { variant_id: puer, quantity: 1 },
    { variant_id: cup, quantity: 1 },
  ])
})

test('an order that did not come from the cart leaves the cart as it is (CART-5)', async () => {
  const [tea = ''] = await shop.sellTea()
  await shop.added(boris, { variant_id: tea, quantity: 2 })
  await order(boris, [{ variant_id: tea, quantity: 2 }], { from_cart: false })
  await shop.deliver()
  assert.deepEqual(await linesOf(boris), [{ variant_id: tea, quantity: 2 }])
})

test('ordered items leave the cart at once, and other orders cost the cart nothing (CART-5, PERF-2)', () => {
  const own = shop.module.subscriptions?.filter(({ event }) => event.type === orderCreated.type) ?? []
  assert.equal(own.length, 1)
  for (const { linger, concerns } of own) {
    assert.equal(linger, undefined)
    assert.equal(concerns?.({ from_cart: false } as never), false)
  }
})

test('an order that is published twice removes its items once, and never more than the cart has (CART-5)', async () => {
  const buyer = customer(1)
  const [tea = '', cup = ''] = await shop.sellTea({ variants: 2 })
  await shop.added(buyer, { variant_id: tea, quantity: 5 })
  await shop.added(buyer, { variant_id: cup, quantity: 1 })
  const lines = [
    { variant_id: tea, quantity: 1 },
    { variant_id: tea, quantity: 1 },
    { variant_id: cup, quantity: 3 },
  ]
  const order_id = await order(buyer, lines)
  await order(buyer, lines, { order_id })
  await shop.deliver()
  assert.deepEqual(await linesOf(buyer), [{ variant_id: tea, quantity: 3 }])
})

test('the orders of one batch, two of them of one buyer, leave their carts (CART-5)', async () => {
  const buyers = [customer(4), customer(5)] as const
  const [tea = '', cup = ''] = await shop.sellTea({ variants: 2 })
  for (const buyer of buyers) {
    await shop.added(buyer, { variant_id: tea, quantity: 5 })
    await shop.added(buyer, { variant_id: cup, quantity: 2 })
  }
  const [one, other] = buyers
  await order(one, [{ variant_id: tea, quantity: 2 }])
  await order(one, [
    { variant_id: tea, quantity: 1 },
    { variant_id: cup, quantity: 2 },
  ])
  await order(other, [{ variant_id: tea, quantity: 5 }])
  await order(other, [{ variant_id: cup, quantity: 1 }], { from_cart: false })
  await shop.deliver({ together: true })
  assert.deepEqual(await linesOf(one), [{ variant_id: tea, quantity: 2 }])
  assert.deepEqual(await linesOf(other), [{ variant_id: cup, quantity: 2 }])
})

test('clicks while an order removes its items are not lost (CART-5)', async () => {
  const buyer = customer(2)
  const [tea = ''] = await shop.sellTea()
  await shop.added(buyer, { variant_id: tea, quantity: 3 })
  for (let round = 0; round < 5; round++) {
    await order(buyer, [{ variant_id: tea, quantity: 3 }])
    await crowd(4, async (i) =>
      i === 0 ? await shop.deliver() : await shop.added(buyer, { variant_id: tea, quantity: 1 }),
    )
    assert.deepEqual(await linesOf(buyer), [{ variant_id: tea, quantity: 3 }])
  }
})

test('an order waits for a click that is being saved, and removes only what was ordered (CART-5)', async () => {
  const buyer = customer(3)
  const [tea = ''] = await shop.sellTea()
  await shop.added(buyer, { variant_id: tea, quantity: 3 })
  await order(buyer, [{ variant_id: tea, quantity: 3 }])
  const { delivering } = await transaction(shop.db, async (tx) => {
    await sql`update cart.carts set updated_at = now() where id = ${buyer.user_id}`.execute(tx)
    await sql`update cart.items set quantity = 4 where cart_id = ${buyer.user_id}`.execute(tx)
    const delivering = shop.deliver()
    await eventually(async () => assert.equal(await countLockWaits(shop.db), 1))
    return { delivering }
  })
  await delivering
  assert.deepEqual(await linesOf(buyer), [{ variant_id: tea, quantity: 1 }])
})
