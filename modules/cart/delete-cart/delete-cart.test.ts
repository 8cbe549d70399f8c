import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { userDeleted } from '#identity/events'
import { anna, boris } from '#platform/testing'
import { linesOf, openCartTest, type CartTest } from '../testing.ts'

let shop: CartTest
before(async () => {
  shop = await openCartTest()
})
after(async () => await shop.close())

test('the cart of a deleted user is gone, and the carts of others stay (ID-18)', async () => {
  const [tea = ''] = await shop.sellTea()
  await shop.added(anna, { variant_id: tea, quantity: 2 })
  await shop.added(boris, { variant_id: tea, quantity: 3 })
  for (let times = 0; times < 2; times++) {
    await shop.publish(userDeleted({ user_id: anna.user_id }))
    await shop.deliver()
    assert.deepEqual(linesOf(await shop.show(anna)), [])
    assert.deepEqual(linesOf(await shop.show(boris)), [[tea, 3]])
  }
})
