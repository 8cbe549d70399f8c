import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { customer, expectResponse } from '#platform/testing'
import { openCartTest, type CartTest } from './testing.ts'

let shop: CartTest
before(async () => {
  shop = await openCartTest()
})
after(async () => await shop.close())

test('the lines of a cart have a new version after each change, and the same after a look at them (CART-5)', async () => {
  const buyer = customer(1)
  const [variant_id = ''] = await shop.sellTea()
  const versionOf = async () => (await shop.module.api.linesOf(buyer.user_id)).version
  const versions: (string | null)[] = [await versionOf()]
  const change = async (work: Promise<unknown>) => {
    await work
    versions.push(await versionOf())
    await shop.show(buyer)
    assert.equal(await versionOf(), versions.at(-1))
  }
  await change(shop.added(buyer, { variant_id, quantity: 1 }))
  await change(shop.added(buyer, { variant_id, quantity: 1 }))
  await change(
    shop
      .send(buyer, `PATCH /cart/items/${variant_id}`, { body: { quantity: 5 } })
      .then((each) => expectResponse(each, 200)),
  )
  await change(shop.send(buyer, `DELETE /cart/items/${variant_id}`).then((each) => expectResponse(each, 200)))
  assert.equal(new Set(versions).size, 5)
})
