import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { accountsMerged, mergeReverted } from '#identity/events'
import { orderCreated } from '#ordering/events'
import type { NewEvent } from '#platform/events'
import { crowd, customer } from '#platform/testing'
import { newId } from '#platform/values'
import { linesOf, openCartTest, type CartTest } from '../testing.ts'

let shop: CartTest
before(async () => {
  shop = await openCartTest()
})
after(async () => await shop.close())

type User = ReturnType<typeof customer>
let last = 200
const accounts = () => [customer(++last), customer(++last), customer(++last)] as const
const merge = ({ user_id: from }: User, { user_id: into }: User, merge_id = newId()) => ({ merge_id, from, into })
/** The lines of a cart, in the order of their variants. */
const cartOf = async (user: User) =>
  linesOf(await shop.show(user)).toSorted(([one], [other]) => (String(one) < String(other) ? -1 : 1))
const teas = async (variants: number) => (await shop.sellTea({ variants })).toSorted()
const deliver = async (...events: readonly NewEvent[]) => {
  for (const event of events) await shop.publish(event)
  await shop.deliver()
}
const add = (user: User, variant_id: string, quantity: number) => shop.added(user, { variant_id, quantity })

test('the cart of a merged account joins that of the survivor, once, and comes back with the reversal (ID-12, CART-2)', async () => {
  const [from, into] = accounts()
  const [oolong = '', puer = '', cup = ''] = await teas(3)
  await add(from, oolong, 2)
  await add(from, puer, 1)
  await add(into, oolong, 3)
  const merged = merge(from, into)
  for (let times = 0; times < 2; times++) await deliver(accountsMerged(merged))
  const both = [
    [oolong, 5],
    [puer, 1],
  ]
  assert.deepEqual(await cartOf(into), both)
  assert.deepEqual(await cartOf(from), [])
  await add(into, cup, 4)

  for (let times = 0; times < 2; times++) await deliver(mergeReverted(merged))
  assert.deepEqual(await cartOf(from), [
    [oolong, 2],
    [puer, 1],
  ])
  assert.deepEqual(await cartOf(into), [
    [oolong, 3],
    [cup, 4],
  ])
})

test('a reversal gives back what is still in the cart, and whole lines that did not fit (ID-12)', async () => {
  const [from, into] = accounts()
  const [full = '', taken = ''] = await teas(2)
  await add(from, full, 60)
  await add(from, taken, 3)
  await add(into, full, 60)
  const merged = merge(from, into)
  await deliver(accountsMerged(merged))
  assert.deepEqual(await cartOf(into), [
    [full, 99],
    [taken, 3],
  ])
  const changed = await shop.send(into, `PATCH /cart/items/${taken}`, { body: { quantity: 1 } })
  assert.equal(changed.status, 200)
  await deliver(mergeReverted(merged))
  assert.deepEqual(await cartOf(from), [
    [full, 60],
    [taken, 1],
  ])
  assert.deepEqual(await cartOf(into), [[full, 60]])
})

test('a late request of the merged account fills the cart of the survivor (ID-12, REL-5)', async () => {
  const [from, into] = accounts()
  const [tea = ''] = await shop.sellTea()
  await deliver(accountsMerged(merge(from, into)))
  await add(from, tea, 2)
  assert.deepEqual(await cartOf(into), [[tea, 2]])
})

test('clicks of both accounts while they are merged are not lost (ID-12, REL-5)', async () => {
  const [tea = ''] = await shop.sellTea()
  for (let round = 0; round < 5; round++) {
    const [from, into] = accounts()
    if (round % 2 === 0) await add(from, tea, 1)
    const expected = round % 2 === 0 ? 9 : 8
    await shop.publish(accountsMerged(merge(from, into)))
    const ends = await crowd(9, async (i) =>
      i === 4 ? await shop.deliver() : await add(i % 2 === 0 ? from : into, tea, 1),
    )
    assert.ok(ends.every(({ status }) => status === 'fulfilled'))
    assert.deepEqual(await cartOf(into), [[tea, expected]])
  }
})

test('an order of the merged account that arrives after the merge takes its items from the survivor’s cart (ID-12, CART-5)', async () => {
  const [from, into] = accounts()
  const [tea = '', cup = ''] = await teas(2)
  await add(from, tea, 2)
  await add(into, cup, 1)
  const sold = { product_id: newId(), sku: 'tea', title: 'Tea', price: 100 }
  const order = orderCreated({
    order_id: newId(),
    number: '2026-7K3M9Q',
    user_id: from.user_id,
    items: [{ ...sold, variant_id: tea, quantity: 2 }],
    total_amount: 200,
    currency: 'RUB',
    payment_method: 'online',
    delivery_method: 'pickup',
    from_cart: true,
  })
  await deliver(accountsMerged(merge(from, into)), order)
  assert.deepEqual(await cartOf(into), [[cup, 1]])
})

test('two merges in a row end in the last cart in any order, and a reversal that comes first moves nothing (ID-12, PLT-2)', async () => {
  const [tea = '', cup = ''] = await teas(2)
  for (const isSwapped of [false, true]) {
    const [first, second, third] = accounts()
    await add(first, tea, 1)
    await add(second, cup, 2)
    const merges = [merge(first, second), merge(second, third)] as const
    const events = merges.map((one) => accountsMerged(one))
    await deliver(...(isSwapped ? events.toReversed() : events))
    assert.deepEqual(await cartOf(third), [
      [tea, 1],
      [cup, 2],
    ])
    await deliver(mergeReverted(merges[1]))
    await deliver(mergeReverted(merges[0]))
    assert.deepEqual(
      [await cartOf(first), await cartOf(second), await cartOf(third)],
      [[[tea, 1]], [[cup, 2]], []],
      isSwapped ? 'swapped' : 'in order',
    )
  }
  const [from, into] = accounts()
  await add(from, tea, 1)
  const merged = merge(from, into)
  await deliver(mergeReverted(merged), accountsMerged(merged))
  assert.deepEqual([await cartOf(from), await cartOf(into)], [[[tea, 1]], []])
})

test('a merge the other way round, handled before the reversal of the first, loses no line (ID-12, PLT-2)', async () => {
  const [tea = '', cup = ''] = await teas(2)
  for (const isSwapped of [false, true]) {
    const [one, other] = accounts()
    await add(one, tea, 1)
    await add(other, cup, 2)
    const [first, second] = [merge(one, other), merge(other, one)]
    const merges = [accountsMerged(first), accountsMerged(second)]
    await deliver(...(isSwapped ? merges.toReversed() : merges))
    await deliver(mergeReverted(first))
    const both = [
      [tea, 1],
      [cup, 2],
    ]
    assert.deepEqual([await cartOf(one), await cartOf(other)], [both, []])
  }
})
