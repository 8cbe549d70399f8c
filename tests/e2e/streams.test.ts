import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { StreamTokenView } from '#platform/http'
import { expectResponse } from '#platform/testing'
import { openShop, topology, type Shop } from './open-shop.ts'
import { firstOf, placeOrder, toPickup } from './purchase-steps.ts'

let shop: Shop
before(async () => {
  shop = await openShop()
})
after(() => shop.close())

test('signing out everywhere ends the streams of a customer within a few seconds (F-34, F-54, ID-8)', async () => {
  const as = await shop.customer()
  const { variant_id } = await firstOf(shop, 'teas')
  const { id } = await placeOrder(shop, as, { ...toPickup, items: [{ variant_id, quantity: 1 }] })
  const token = await shop.send(as, `POST /orders/${id}/events/token`)
  const { url } = expectResponse(token, 201, StreamTokenView)
  const address = `${shop.address}${url}`
  const [byToken, byHeader] = await Promise.all([
    fetch(address),
    fetch(`${shop.address}/api/v1/orders/${id}/events`, { headers: { authorization: `Bearer ${as}` } }),
  ])
  assert.deepEqual([byToken.status, byHeader.status], [200, 200])
  const endedAt = performance.now()
  assert.equal((await shop.send(as, 'POST /auth/logout-all')).status < 300, true)
  for (const stream of [byToken, byHeader]) assert.match(await stream.text(), /event: order-created/)
  // Other services cache a valid token for twenty seconds.
  assert.ok(performance.now() - endedAt < (topology === 'one' ? 8000 : 30_000))
  assert.equal((await fetch(address)).status, 401, 'the token of the stream ends with the session')
})
