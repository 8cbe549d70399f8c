import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import type { Caller } from '#platform/access'
import { anna, boris, crowd, customer, expectProblem, expectResponse, guest } from '#platform/testing'
import { CartView, type Line } from '../schema.ts'
import { linesOf, openCartTest, type CartTest } from '../testing.ts'

let shop: CartTest
before(async () => {
  shop = await openCartTest()
})
after(async () => await shop.close())

/** Puts lines into a new guest's cart and returns its token. */
async function guestCart(...lines: readonly Line[]): Promise<string> {
  let token: string | undefined
  for (const line of lines) token = (await shop.added(guest, line, token)).cart_token ?? assert.fail()
  return token ?? assert.fail()
}
const merge = (caller: Caller, cart_token: string) => shop.send(caller, 'POST /cart/merge', { body: { cart_token } })
const merged = async (caller: Caller, cart_token: string) =>
  expectResponse(await merge(caller, cart_token), 200, CartView)

test('the first request after signing in merges the guest’s cart, and the guest’s cart is gone (CART-2)', async () => {
  const [oolong = '', puer = ''] = await shop.sellTea({ variants: 2 })
  await shop.added(anna, { variant_id: oolong, quantity: 2 })
  const token = await guestCart({ variant_id: oolong, quantity: 3 }, { variant_id: puer, quantity: 1 })
  const both = [
    [oolong, 5],
    [puer, 1],
  ]
  const shown = await shop.show(anna, token)
  assert.deepEqual(linesOf(shown), both)
  assert.equal(shown.cart_token, null)
  assert.deepEqual(linesOf(await shop.show(anna, token)), both, 'merged twice')
  assert.deepEqual(linesOf(await shop.show(guest, token)), [])
  assert.deepEqual(linesOf(await shop.show(boris, token)), [], 'Boris got Anna’s tea')
})

test('ten requests at once merge a guest’s cart once (CART-2)', async () => {
  const buyer = customer(1)
  const [oolong = '', puer = ''] = await shop.sellTea({ variants: 2 })
  await shop.added(buyer, { variant_id: oolong, quantity: 2 })
  const token = await guestCart({ variant_id: oolong, quantity: 3 }, { variant_id: puer, quantity: 4 })
  const requests = await crowd(10, (i) => (i % 2 === 0 ? merged(buyer, token) : shop.show(buyer, token)))
  assert.ok(requests.every(({ status }) => status === 'fulfilled'))
  assert.deepEqual(linesOf(await shop.show(buyer)), [
    [oolong, 5],
    [puer, 4],
  ])
})

test('pieces that two tabs add while the carts are merged are not lost (CART-2)', async () => {
  const buyer = customer(9)
  const [tea = ''] = await shop.sellTea()
  const line = { variant_id: tea, quantity: 1 }
  for (let round = 0; round < 5; round++) {
    const before = (await shop.show(buyer)).pieces
    const token = await guestCart({ variant_id: tea, quantity: 3 })
    const clicks = await crowd(9, async (i) =>
      i === 4 ? await merged(buyer, token) : await (i % 2 ? shop.added(guest, line, token) : shop.added(buyer, line)),
    )
    const carts = clicks.map((click) =>
      click.status === 'fulfilled' ? click.value : assert.fail(String(click.reason)),
    )
    // A guest who comes after the merge gets a new cart.
    const later = carts.flatMap(({ cart_token }) => (cart_token === null || cart_token === token ? [] : [cart_token]))
    const { pieces } = await shop.show(buyer)
    assert.equal(pieces + later.length, before + 3 + 8)
  }
})

test('when two people have the same token, only one of them gets the items (CART-2)', async () => {
  const [one, other] = [customer(2), customer(3)]
  const [tea = ''] = await shop.sellTea()
  const token = await guestCart({ variant_id: tea, quantity: 3 })
  await crowd(10, (i) => merge(i % 2 === 0 ? one : other, token))
  const pieces = [await shop.show(one), await shop.show(other)].map((cart) => cart.pieces).toSorted((a, b) => a - b)
  assert.deepEqual(pieces, [0, 3])
})

test('merged quantities stop at 99, and signing in does not fail over it (CART-2)', async () => {
  const buyer = customer(4)
  const [tea = ''] = await shop.sellTea()
  await shop.added(buyer, { variant_id: tea, quantity: 60 })
  const token = await guestCart({ variant_id: tea, quantity: 60 })
  assert.deepEqual(linesOf(await merged(buyer, token)), [[tea, 99]])
})

test('merging stops at a hundred lines, and a line of both carts still adds up (CART-2)', async () => {
  const buyer = customer(8)
  const teas = await shop.sellTea({ variants: 120 })
  const lines = teas.map((variant_id) => ({ variant_id, quantity: 2 }))
  for (const line of lines.slice(0, 60)) await shop.added(buyer, line)
  const token = await guestCart(...lines.slice(59))
  const { items } = await merged(buyer, token)
  assert.deepEqual(
    items.map(({ variant_id, quantity }) => [variant_id, quantity]),
    teas.slice(0, 100).map((variant_id, i) => [variant_id, i === 59 ? 4 : 2]),
  )
})

test('a token that opens no cart merges nothing, and only a signed-in customer may merge (CART-2)', async () => {
  const invented = 'y'.repeat(43)
  assert.deepEqual(linesOf(await merged(customer(5), invented)), [])
  expectProblem(await merge(guest, invented), 401, 'unauthorized')
  const { rows } = await sql`select from cart.carts where id = ${customer(5).user_id}`.execute(shop.db)
  assert.equal(rows.length, 0)
})

test('a buyer who orders with the token of the cart from before gets the lines of both, once (F-16, CART-2)', async () => {
  const buyer = customer(6)
  const [oolong = '', puer = ''] = await shop.sellTea({ variants: 2 })
  await shop.added(buyer, { variant_id: oolong, quantity: 2 })
  const token = await guestCart({ variant_id: oolong, quantity: 3 }, { variant_id: puer, quantity: 1 })
  const versions = new Set<string | null>()
  const requests = await crowd(20, () => shop.module.api.linesOf(buyer.user_id, token))
  for (const one of requests) {
    assert.ok(one.status === 'fulfilled')
    const { lines, version } = one.value
    assert.deepEqual(
      lines.map(({ quantity }) => quantity),
      [5, 1],
    )
    versions.add(version)
  }
  assert.equal(versions.size, 1)
  assert.deepEqual(linesOf(await shop.show(guest, token)), [])
  assert.deepEqual(
    (await shop.module.api.linesOf(customer(7).user_id, token)).lines,
    [],
    'the cart belongs to the buyer now',
  )
})
