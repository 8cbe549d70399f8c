import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { orderCancelled, orderOwnerChanged } from '#ordering/events'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { eventually, raceFor } from '#platform/testing'
import { newId } from '#platform/values'
import { returnUsesAfterRefund } from '../store/redemptions.ts'
import { changeBuyer } from './change-buyer.ts'
import { newBuyer, openPromotionsTest, type PromotionsTest } from '../testing.ts'

let shop: PromotionsTest
before(async () => {
  shop = await openPromotionsTest()
})
after(async () => {
  await shop.assertNoViolations()
  await shop.close()
})

type Buyer = NonNullable<Parameters<PromotionsTest['redeem']>[0]>['buyer']
const moveTo = (user_id: string, ...order_ids: readonly string[]) =>
  shop.deliver(...order_ids.map((order_id) => orderOwnerChanged({ order_id, user_id })))

/** Redeems a coupon and returns the order. */
async function use(coupon: string, buyer: NonNullable<Buyer>): Promise<string> {
  const order_id = newId()
  const outcome = await shop.redeem({ order_id, buyer, coupon })
  assert.equal(outcome.kind, 'redeemed')
  return order_id
}
async function reasonFor(coupon: string, buyer: NonNullable<Buyer>) {
  const outcome = await shop.redeem({ buyer, coupon })
  return outcome.kind === 'refused' && 'coupon_reason' in outcome ? outcome.coupon_reason : outcome.kind
}

test('the uses of merged accounts count for the survivor, and go back with the reversal (CAT-14, ID-12)', async () => {
  await shop.create({ code: 'MERGED', max_uses_per_buyer: 1 })
  const [from, into] = [newBuyer(), newBuyer()]
  const [moved, own] = [await use('MERGED', from), await use('MERGED', into)]
  for (let times = 0; times < 2; times++) await moveTo(into.user_id, moved)
  await shop.assertNoViolations()
  assert.equal(await reasonFor('MERGED', into), 'used-up-by-you')
  await shop.deliver(orderCancelled({ order_id: own, user_id: into.user_id, reason: 'customer' }))
  assert.equal(await reasonFor('MERGED', into), 'used-up-by-you', 'the moved use still counts')
  await moveTo(from.user_id, moved)
  assert.equal(await reasonFor('MERGED', from), 'used-up-by-you')
  assert.equal(await reasonFor('MERGED', into), 'redeemed')
})

test('a guest who claims her order has used its coupon, as the account and by her e-mail (CAT-14, ORD-11)', async () => {
  await shop.create({ code: 'CLAIMED', max_uses_per_buyer: 1 })
  const guest = { user_id: null, email: 'vera@example.org', phone: null }
  const account = newBuyer()
  await moveTo(account.user_id, await use('CLAIMED', guest))
  assert.equal(await reasonFor('CLAIMED', account), 'used-up-by-you')
  assert.equal(await reasonFor('CLAIMED', guest), 'used-up-by-you')
  await moveTo(account.user_id, newId())
})

test('an order that is claimed and refunded at the same moment returns its use, whichever comes first (CAT-14, ORD-11)', async () => {
  const { id } = await shop.create({ code: 'BOTH', max_uses_per_buyer: 1, returns_use_on_refund: true })
  for (const isClaimFirst of [true, false]) {
    const account = newBuyer()
    const guest = { user_id: null, email: `${account.user_id}@example.org`, phone: null }
    const order_id = await use('BOTH', guest)
    const claim = () => transaction(shop.db, (tx) => changeBuyer(tx, { order_id, user_id: account.user_id }))
    const refund = () => transaction(shop.db, (tx) => returnUsesAfterRefund(tx, [order_id]))
    const [first, second] = isClaimFirst ? [claim, refund] : [refund, claim]
    await raceFor(shop.db, {
      lock: sql`select from promotions.promotions where id = ${id} for update`,
      waiting: 2,
      start: async () => {
        const running = first()
        await eventually(async () => assert.equal(await countWaiting(), 1))
        await Promise.all([running, second()])
      },
    })
    await shop.assertNoViolations()
    assert.equal(await reasonFor('BOTH', account), 'redeemed')
    assert.equal(await reasonFor('BOTH', guest), 'redeemed')
  }
})

async function countWaiting(): Promise<number> {
  const { rows } = await sql`
    select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(shop.db)
  return rows.length
}

test('a guest who claims her discounted first order has no other, as the account and by her e-mail (CAT-14, ORD-11)', async () => {
  for (const code of ['FIRST-A', 'FIRST-B']) await shop.create({ code, first_order: true })
  const guest = { user_id: null, email: 'nina@example.org', phone: null }
  const account = newBuyer()
  const order_id = await use('FIRST-A', guest)
  await moveTo(account.user_id, order_id)
  assert.equal(await reasonFor('FIRST-B', account), 'not-first-order')
  assert.equal(await reasonFor('FIRST-B', guest), 'not-first-order')
  const other = newBuyer()
  await moveTo(other.user_id, order_id)
  assert.equal(await reasonFor('FIRST-B', account), 'redeemed')
  assert.equal(await reasonFor('FIRST-B', other), 'not-first-order')
})
