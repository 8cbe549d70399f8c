import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { orderCancelled, returnRefunded } from '#ordering/events'
import { paymentRefunded } from '#payments/events'
import { assertNotStored, crowd, raceFor, statementsOf } from '#platform/testing'
import { minutes, newId } from '#platform/values'
import type { RedeemInput, RedeemOutcome } from '../api.ts'
import { newBuyer, openPromotionsTest, type PromotionsTest } from '../testing.ts'

let shop: PromotionsTest
before(async () => {
  shop = await openPromotionsTest()
})
beforeEach(async () => {
  await shop.pool.query('truncate promotions.promotions, promotions.redemptions cascade')
  // A change over the API, so that the cache of promotions is empty.
  await shop.create({ is_active: false })
  shop.stubs.orders.clear()
})
after(async () => {
  await shop.assertNoViolations()
  await shop.close()
})

const redeemed = async (input: Partial<RedeemInput> = {}) => {
  const outcome = await shop.redeem(input)
  return outcome.kind === 'redeemed' ? outcome.quote : assert.fail(JSON.stringify(outcome))
}
const refusalOf = (outcome: RedeemOutcome) =>
  outcome.kind === 'refused' ? ('coupon_reason' in outcome ? outcome.coupon_reason : outcome.reason) : outcome.kind
const countOf = (settled: readonly PromiseSettledResult<RedeemOutcome>[]) =>
  Object.fromEntries(
    Map.groupBy(
      settled.map((each) => (each.status === 'fulfilled' ? refusalOf(each.value) : String(each.reason))),
      (each) => each,
    )
      .entries()
      .map(([reason, all]) => [reason, all.length]),
  )
const refund = (order_id: string, fully_refunded: boolean) =>
  shop.deliver(
    paymentRefunded({
      payment_id: newId(),
      subject_type: 'order',
      subject_id: order_id,
      user_id: newId(),
      amount: 100,
      currency: 'RUB',
      provider: 'sandbox',
      status: fully_refunded ? 'refunded' : 'partially_refunded',
      refund_id: newId(),
      refund_amount: 100,
      refunded_amount: 100,
      fully_refunded,
    }),
  )
const cancel = (order_id: string) => shop.deliver(orderCancelled({ order_id, user_id: newId(), reason: 'customer' }))

test('a coupon gives its discount on each line, and the order uses it once however often it is sent (CAT-14)', async () => {
  const { id } = await shop.create({ code: 'TEA10' })
  const order_id = newId()
  const buyer = newBuyer()
  const quote = await redeemed({ order_id, buyer, coupon: 'tea10' })
  assert.deepEqual(
    [quote.line_discounts, quote.total_amount, quote.coupon],
    [[10_000, 3000], 117_000, { code: 'TEA10', reason: null }],
  )
  for (const again of await crowd(10, () => shop.redeem({ order_id, buyer, coupon: 'tea10' })))
    assert.deepEqual(again, { status: 'fulfilled', value: { kind: 'redeemed', quote } })
  assert.equal(await shop.usesOf(id), 1)
  assert.equal(refusalOf(await shop.redeem({ order_id, buyer: newBuyer(), coupon: 'tea10' })), 'id-taken')
})

test('two hundred orders at once use a coupon for fifty exactly fifty times (CAT-14, REL-5)', async () => {
  const { id } = await shop.create({ code: 'FIFTY', max_uses: 50 })
  const elsewhere = shop.elsewhere()
  const settled = await crowd(200, async (i) =>
    i % 2 === 0 ? await shop.redeem({ coupon: 'FIFTY' }) : await redeemElsewhere(elsewhere, { coupon: 'FIFTY' }),
  )
  assert.deepEqual(countOf(settled), { redeemed: 50, 'used-up': 150 })
  assert.equal(await shop.usesOf(id), 50)
  await shop.assertNoViolations()
})

const redeemElsewhere = async (module: PromotionsTest['module'], input: Partial<RedeemInput>) =>
  await module.api.redeem({ ...template, order_id: newId(), buyer: newBuyer(), ...input })
const template: RedeemInput = {
  order_id: newId(),
  buyer: newBuyer(),
  coupon: null,
  lines: [{ product_id: newId(), price: 100_000, quantity: 1 }],
  currency: 'RUB',
  delivery_fee: 0,
  requiresCoupon: true,
  attempted_by: { guesser: null, is_verified: false, address: 'elsewhere' },
}

test('the last use goes to one of two orders that wait for it in two processes (CAT-14, REL-5)', async () => {
  const { id } = await shop.create({ code: 'LAST', max_uses: 1 })
  const elsewhere = shop.elsewhere()
  const outcomes = await raceFor(shop.db, {
    lock: sql`select from promotions.promotions where id = ${id} for update`,
    waiting: 2,
    start: () => Promise.all([shop.redeem({ coupon: 'LAST' }), redeemElsewhere(elsewhere, { coupon: 'LAST' })]),
  })
  assert.deepEqual(outcomes.map(refusalOf).toSorted(), ['redeemed', 'used-up'])
})

test('fifty orders of one buyer use a coupon for two per buyer exactly twice, others are free to use it (CAT-14, REL-5)', async () => {
  await shop.create({ code: 'TWICE', max_uses_per_buyer: 2 })
  const buyer = newBuyer()
  const settled = await crowd(50, () => shop.redeem({ buyer, coupon: 'TWICE' }))
  assert.deepEqual(countOf(settled), { redeemed: 2, 'used-up-by-you': 48 })
  await redeemed({ coupon: 'TWICE' })
})

test('a guest counts by the e-mail and by the phone, in all their spellings (CAT-14)', async () => {
  await shop.create({ code: 'ONCE', max_uses_per_buyer: 1 })
  const guest = (email: string | null, phone: string | null) =>
    shop.redeem({ buyer: { user_id: null, email, phone }, coupon: 'ONCE' })
  assert.equal((await guest('Vera+shop@example.org', '8 912 345-67-89')).kind, 'redeemed')
  assert.equal(refusalOf(await guest('vera@example.org', null)), 'used-up-by-you')
  assert.equal(refusalOf(await guest('other@example.org', '+7 (912) 345 67 89')), 'used-up-by-you')
  assert.equal((await guest('other@example.org', null)).kind, 'redeemed')
  const { rows } = await shop.pool.query('select buyer_key from promotions.buyer_uses')
  assertNotStored(rows, 'example.org', '9123456789')
})

test('ten coupons for first orders discount one of ten orders that a buyer places at once (CAT-14, REL-5)', async () => {
  const codes = Array.from({ length: 10 }, (_, i) => `FIRST-${i}`)
  for (const code of codes) await shop.create({ code, first_order: true })
  const elsewhere = shop.elsewhere()
  const guest = { user_id: null, email: 'anna@example.org', phone: '+7 912 345-67-80' }
  for (const buyer of [newBuyer(), guest]) {
    const order_ids = codes.map(() => newId())
    const orderOf = (i: number) => ({ order_id: order_ids[i]!, buyer, coupon: codes[i]! })
    const settled = await crowd(10, (i) =>
      i % 2 === 0 ? shop.redeem(orderOf(i)) : redeemElsewhere(elsewhere, orderOf(i)),
    )
    assert.deepEqual(countOf(settled), { redeemed: 1, 'not-first-order': 9 })
    const first = settled.findIndex((each) => each.status === 'fulfilled' && each.value.kind === 'redeemed')
    const again = first % 2 === 0 ? await shop.redeem(orderOf(first)) : await redeemElsewhere(elsewhere, orderOf(first))
    assert.equal(again.kind, 'redeemed', 'a repeat')
    await cancel(order_ids[first]!)
    assert.equal(refusalOf(await shop.redeem({ buyer, coupon: codes[(first + 1) % 10]! })), 'redeemed')
  }
})

test('a refund right after the order returns the uses of those promotions that say so (CAT-14)', async () => {
  const stays = await shop.create({ code: 'STAYS', max_uses: 1 })
  const returns = await shop.create({ returns_use_on_refund: true })
  const order_id = newId()
  await redeemed({ order_id, coupon: 'STAYS' })
  shop.stubs.orders.set(order_id, [stays.id, returns.id])
  await refund(order_id, true)
  shop.advance(minutes(3))
  await shop.confirmRedemptions()
  assert.deepEqual([await shop.usesOf(stays.id), await shop.usesOf(returns.id)], [1, 0])
  const { rows } = await shop.pool.query('select is_confirmed from promotions.redemptions')
  assert.deepEqual(rows, [{ is_confirmed: true }])
})

test('accounts of one e-mail or one phone use a coupon once, as a guest with them does (CAT-14)', async () => {
  await shop.create({ code: 'FIRST', first_order: true })
  const contacts = { email: 'saver@example.org', phone: '+7 915 000-00-01' }
  const use = async (buyer: Partial<RedeemInput['buyer']>) =>
    refusalOf(await shop.redeem({ buyer: { user_id: newId(), email: null, phone: null, ...buyer }, coupon: 'FIRST' }))
  assert.equal(await use({ ...contacts, user_id: null }), 'redeemed')
  assert.equal(await use({ email: 'Saver+new@example.org' }), 'not-first-order')
  assert.equal(await use({ phone: '8 915 0000001' }), 'not-first-order')
  assert.equal(await use({ email: 'other@example.org', phone: '+7 915 000-00-02' }), 'redeemed')
  assert.equal(await use({ phone: '+7 915 000-00-02' }), 'not-first-order')
  assert.equal(await use({ user_id: null, email: 'other@example.org' }), 'not-first-order')
  const settled = await crowd(20, () =>
    shop.redeem({ buyer: { ...newBuyer(), phone: '+7 915 000-00-03' }, coupon: 'FIRST' }),
  )
  assert.deepEqual(countOf(settled), { redeemed: 1, 'not-first-order': 19 })
})

test('a guest who types the contacts of a verified account uses up nothing of it (CAT-14)', async () => {
  await shop.create({ code: 'FIRST', first_order: true })
  await shop.create({ code: 'ONCE', max_uses_per_buyer: 1 })
  const owner = { ...newBuyer(), email: 'vera@example.org', phone: '+7 915 000-00-04', is_verified: true }
  const reasonOf = async (coupon: string, buyer: RedeemInput['buyer']) =>
    refusalOf(await shop.redeem({ buyer, coupon }))
  for (const [coupon, reason] of [
    ['FIRST', 'not-first-order'],
    ['ONCE', 'used-up-by-you'],
  ] as const) {
    for (const other of [{ user_id: null }, { user_id: newId() }])
      await reasonOf(coupon, { ...owner, ...other, is_verified: false })
    assert.equal(await reasonOf(coupon, owner), 'redeemed')
    assert.equal(await reasonOf(coupon, owner), reason)
    // Deleting the account and registering again is no way to a second use.
    assert.equal(await reasonOf(coupon, { ...owner, user_id: newId() }), reason)
  }
})

test('an automatic promotion that is used up is left out, and the order is placed without it (CAT-14)', async () => {
  const { id } = await shop.create({ max_uses: 3 })
  const settled = await crowd(20, () => shop.redeem())
  assert.deepEqual(countOf(settled), { redeemed: 20 })
  assert.equal(await shop.usesOf(id), 3)
  assert.equal((await redeemed()).discount_amount, 0)
})

test('a cancelled order returns its use once, and another order takes it (CAT-14)', async () => {
  await shop.create({ code: 'ONE', max_uses: 1, max_uses_per_buyer: 1 })
  const order_id = newId()
  const buyer = newBuyer()
  await redeemed({ order_id, buyer, coupon: 'ONE' })
  assert.equal(refusalOf(await shop.redeem({ coupon: 'ONE' })), 'used-up')
  await cancel(order_id)
  await cancel(order_id)
  await shop.assertNoViolations()
  await redeemed({ buyer, coupon: 'ONE' })
  assert.equal(refusalOf(await shop.redeem({ coupon: 'ONE' })), 'used-up')
})

test('a full refund returns the use where the promotion says so, a part of it never (CAT-14)', async () => {
  const stays = await shop.create({ code: 'STAYS' })
  const returns = await shop.create({ code: 'RETURNS', returns_use_on_refund: true })
  for (const [{ id, code }, part, full] of [
    [stays, 1, 1],
    [returns, 1, 0],
  ] as const) {
    const order_id = newId()
    await redeemed({ order_id, coupon: code })
    await refund(order_id, false)
    assert.equal(await shop.usesOf(id), part)
    await refund(order_id, true)
    await refund(order_id, true)
    assert.equal(await shop.usesOf(id), full)
    await cancel(order_id)
    assert.equal(await shop.usesOf(id), 0)
  }
  await shop.assertNoViolations()
})

test('an order whose goods have all come back returns the use where the promotion says so (CAT-14, ORD-10)', async () => {
  const stays = await shop.create({ code: 'STAYS' })
  const returns = await shop.create({ code: 'RETURNS', returns_use_on_refund: true })
  const returned = (order_id: string, whole_order: boolean) =>
    shop.deliver(returnRefunded({ return_id: newId(), order_id, refund_amount: 100, currency: 'RUB', whole_order }))
  for (const [{ id, code }, after_whole] of [
    [stays, 1],
    [returns, 0],
  ] as const) {
    const order_id = newId()
    await redeemed({ order_id, coupon: code })
    await returned(order_id, false)
    assert.equal(await shop.usesOf(id), 1)
    for (let times = 0; times < 2; times++) await returned(order_id, true)
    assert.equal(await shop.usesOf(id), after_whole)
  }
  await shop.assertNoViolations()
})

test('an order that was refused after it was priced returns its use, unless another attempt relies on it (CAT-14)', async () => {
  const { id } = await shop.create({ code: 'ONE', max_uses: 1 })
  const input = { order_id: newId(), buyer: newBuyer(), coupon: 'ONE' }
  await redeemed(input)
  await redeemed(input)
  await shop.module.api.withdraw(input.order_id)
  assert.equal(await shop.usesOf(id), 1)
  await shop.module.api.withdraw(input.order_id)
  assert.equal(await shop.usesOf(id), 0)
  await shop.module.api.withdraw(input.order_id)
  await redeemed(input)
  assert.equal(await shop.usesOf(id), 1)
})

test('uses of orders that were never placed return after two minutes; those of placed orders stay (CAT-14)', async () => {
  const { id } = await shop.create({ code: 'TEA' })
  const [placed, abandoned, other, young] = [newId(), newId(), newId(), newId()]
  for (const order_id of [placed, abandoned, other]) await redeemed({ order_id, coupon: 'TEA' })
  shop.stubs.orders.set(placed, [id])
  shop.stubs.orders.set(other, []) // the retry was placed without the discount
  shop.advance(minutes(1.5))
  await redeemed({ order_id: young, coupon: 'TEA' })
  await shop.confirmRedemptions()
  assert.equal(await shop.usesOf(id), 4)
  shop.advance(minutes(1))
  await shop.confirmRedemptions()
  assert.equal(await shop.usesOf(id), 2)
  shop.stubs.orders.clear()
  shop.stubs.orders.set(young, [id])
  shop.advance(minutes(5))
  await shop.confirmRedemptions()
  assert.equal(await shop.usesOf(id), 2, 'a confirmed use is not asked for again')
})

test('a discount is never redeemed on terms that staff have changed meanwhile (CAT-14)', async () => {
  const { id } = await shop.create({})
  assert.equal((await redeemed()).discount_amount, 13_000)
  await shop.pool.query('update promotions.promotions set percent = 20, version = version + 1 where id = $1', [id])
  assert.equal((await redeemed()).discount_amount, 26_000)
  await shop.pool.query('update promotions.promotions set is_active = false where id = $1', [id])
  assert.equal((await redeemed()).discount_amount, 0)
})

test('without a coupon and without a promotion an order and a cart read nothing (PERF-2, CAT-14)', async () => {
  await shop.redeem()
  const statements = await statementsOf(async () => {
    await shop.redeem()
    await shop.quote()
  })
  assert.deepEqual(
    statements.filter(({ text }) => text.includes('promotions')),
    [],
  )
})

test('an order with a coupon costs three statements and one commit (PERF-2, CAT-14)', async () => {
  await shop.create({ code: 'TEA10' })
  await shop.redeem()
  const statements = await statementsOf(async () => void (await redeemed({ coupon: 'TEA10' })))
  const texts = statements.map(({ text }) => text.trim()).filter((text) => text !== 'select')
  assert.equal(texts.length, 4, texts.join('\n'))
})
