import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import type { Caller } from '#platform/access'
import { anna, boris, crowd, customer, eventually, expectProblem, expectResponse } from '#platform/testing'
import { newId } from '#platform/values'
import { CartView } from '../schema.ts'
import { countLockWaits, linesOf, openCartTest, type CartTest } from '../testing.ts'

let shop: CartTest
before(async () => {
  shop = await openCartTest()
})
after(async () => await shop.close())

const change = (caller: Caller, variant_id: string, quantity: number) =>
  shop.send(caller, `PATCH /cart/items/${variant_id}`, { body: { quantity } })
const remove = async (caller: Caller, path: string) =>
  expectResponse(await shop.send(caller, `DELETE /cart${path}`), 200, CartView)

test('customers change a quantity, remove a line and empty a cart, and each response shows the cart (CART-1)', async () => {
  const [oolong = '', puer = ''] = await shop.sellTea({ variants: 2 })
  await shop.added(anna, { variant_id: oolong, quantity: 1 })
  await shop.added(anna, { variant_id: puer, quantity: 2 })
  await shop.added(boris, { variant_id: puer, quantity: 5 })

  assert.deepEqual(linesOf(expectResponse(await change(anna, oolong, 7), 200, CartView)), [
    [oolong, 7],
    [puer, 2],
  ])
  assert.deepEqual(linesOf(await remove(anna, `/items/${oolong}`)), [[puer, 2]])
  assert.deepEqual(linesOf(await remove(anna, '')), [])
  assert.deepEqual(linesOf(await shop.show(boris)), [[puer, 5]], 'Boris lost his tea')
})

test('a variant that is not in the cart cannot be changed, and removing it is no error (CART-1)', async () => {
  expectProblem(await change(customer(1), newId(), 1), 404, 'not-found')
  await remove(customer(1), `/items/${newId()}`)
  await remove(customer(1), '')
})

test('a change waits for another write to the same cart, so that neither is lost (CART-1)', async () => {
  const buyer = customer(2)
  const [tea = ''] = await shop.sellTea()
  await shop.added(buyer, { variant_id: tea, quantity: 10 })
  const quantity = async () => (await shop.show(buyer)).items[0]?.quantity
  const { changing } = await transaction(shop.db, async (tx) => {
    await sql`select from cart.carts where id = ${buyer.user_id} for update`.execute(tx)
    const changing = change(buyer, tea, 50)
    await eventually(async () => assert.equal(await countLockWaits(shop.db), 1))
    assert.equal(await quantity(), 10, 'the change did not wait')
    return { changing }
  })
  expectResponse(await changing, 200)
  assert.equal(await quantity(), 50)
})

test('additions and changes at once give the same cart as one after the other (CART-1)', async () => {
  const buyer = customer(3)
  const [tea = ''] = await shop.sellTea()
  await shop.added(buyer, { variant_id: tea, quantity: 10 })
  await crowd(10, (i) => (i % 2 === 0 ? shop.add(buyer, { variant_id: tea, quantity: 1 }) : change(buyer, tea, 50)))
  const quantity = (await shop.show(buyer)).items[0]?.quantity ?? 0
  assert.ok(quantity >= 50 && quantity <= 55, `${quantity} pieces`)
})
