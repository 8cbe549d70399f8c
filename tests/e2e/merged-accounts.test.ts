import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { after, before, test } from 'node:test'
import { CartView } from '#cart/schema'
import { eventually, expectProblem, expectResponse } from '#platform/testing'
import { openShop, type Shop } from './open-shop.ts'
import {
  firstOf,
  mergeTelegramAccount,
  orderBecomes,
  password,
  paymentsOf,
  placeOrder,
  press,
  registerCustomer,
  shipmentOf,
  signInWithTelegram,
  toCourier,
} from './purchase-steps.ts'

let shop: Shop
before(async () => {
  shop = await openShop()
})
after(async () => {
  assert.deepEqual(await shop.violations(), {}, 'every invariant holds at the end')
  await shop.close()
})

test('an order that is placed in Telegram is paid and delivered after its account was merged, and goes back with the reversal (ORD-8, ID-12)', async () => {
  const { access_token: as } = await registerCustomer(shop)
  const telegram_id = randomInt(1, 2 ** 40)
  const telegram = await signInWithTelegram(shop, telegram_id)
  const { variant_id } = await firstOf(shop, 'teas')
  const line = { body: { variant_id, quantity: 2 } }
  expectResponse(await shop.send(telegram.access_token, 'POST /cart/items', line), 200, CartView)
  const items = [{ variant_id, quantity: 1 }]
  const { id } = await placeOrder(shop, telegram.access_token, { ...toCourier, items })

  const merge_id = await mergeTelegramAccount(shop, { as, telegram_id })
  await eventually(() => orderBecomes(shop, { id, as }, 'processing'))
  const [payment] = await eventually(async () => await paymentsOf(shop, { id, as }))
  assert.equal(payment?.status, 'pending')
  await press(shop, id, 'approve')
  await orderBecomes(shop, { id, as }, 'shipping')
  await eventually(() => shipmentOf(shop, { id, as }))
  await eventually(async () => {
    const cart = expectResponse(await shop.send(as, 'GET /cart'), 200, CartView)
    assert.equal(cart.pieces, 2)
    expectResponse(await shop.send(as, `GET /dispatch/parcels/order/${id}`), 200)
  })

  expectResponse(await shop.send(as, `POST /auth/merge/${merge_id}/undo`, { body: { password } }), 204)
  const again = (await signInWithTelegram(shop, telegram_id)).access_token
  const order = await eventually(() => orderBecomes(shop, { id, as: again }, 'shipping'))
  assert.equal(order.id, id)
  await eventually(async () => {
    await shipmentOf(shop, { id, as: again })
    await paymentsOf(shop, { id, as: again })
    expectResponse(await shop.send(again, `GET /dispatch/parcels/order/${id}`), 200)
    assert.equal(expectResponse(await shop.send(again, 'GET /cart'), 200, CartView).pieces, 2)
  })
  expectProblem(await shop.send(as, `GET /orders/${id}`), 404, 'not-found')
  expectProblem(await shop.send(as, `GET /payments/order/${id}`), 404, 'not-found')
  expectProblem(await shop.send(as, `GET /delivery/order/${id}`), 404, 'not-found')
})
