import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { anna, guest } from '#platform/testing'
import { after as later, days, systemClock } from '#platform/values'
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
