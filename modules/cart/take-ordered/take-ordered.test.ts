import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { orderCreated } from '#ordering/events'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { Caller } from '#platform/http'
import {
  anna,
  bearer,
  boris,
  crowd,
  customer,
  deliverEvents,
  testDatabase,
  testServer,
  type TestDatabase,
} from '#platform/testing'
import { newId, systemClock } from '#platform/values'
import { cart } from '../index.ts'
import { offersFrom, sellTea } from '../testing.ts'

let database: TestDatabase
let http: FastifyInstance
let module: ReturnType<typeof cart>
before(async () => {
  database = await testDatabase()
  module = cart({ db: database.db, now: systemClock, catalog: offersFrom(database.db) })
  http = await testServer([module])
})
after(async () => {
  await http.close()
  await database.close()
})

type Person = Extract<Caller, { kind: 'user' }>
type Line = Readonly<{ variant_id: string; quantity: number }>

const put = (person: Person, payload: Line) =>
  http.inject({ method: 'POST', url: '/api/v1/cart/items', headers: { authorization: bearer(person) }, payload })
const linesOf = ({ user_id }: Person) => module.api.linesOf(user_id)
const hearAll = () => deliverEvents(database.db, [module])

async function order({ user_id }: Person, items: readonly Line[], { from_cart = true, order_id = newId() } = {}) {
  const sold = { product_id: newId(), sku: 'tea', title: 'Tea', price: 100 }
  const payload = {
    order_id,
    number: '2026-7K3M9Q',
    user_id,
    items: items.map((line) => ({ ...sold, ...line })),
    total_amount: 100,
    currency: 'RUB',
    payment_method: 'online' as const,
    delivery_method: 'pickup' as const,
    from_cart,
  }
  await transaction(database.db, (tx) => publish(tx, [orderCreated(payload)]))
  return order_id
}

test('what was ordered leaves the cart and what was added meanwhile stays (CART-5)', async () => {
  const [oolong = '', puer = '', cup = ''] = await sellTea(database.db, { variants: 3 })
  await put(anna, { variant_id: oolong, quantity: 2 })
  await put(anna, { variant_id: puer, quantity: 2 })
  await order(anna, [
    { variant_id: oolong, quantity: 2 },
    { variant_id: puer, quantity: 2 },
  ])
  await put(anna, { variant_id: puer, quantity: 1 })
  await put(anna, { variant_id: cup, quantity: 1 })
  assert.equal((await linesOf(anna)).length, 3, 'the cart was emptied before the order was heard of')
  await hearAll()
  assert.deepEqual(await linesOf(anna), [
    { variant_id: puer, quantity: 1 },
    { variant_id: cup, quantity: 1 },
  ])
})

test('an order that did not come from the cart leaves it alone (CART-5)', async () => {
  const [tea = ''] = await sellTea(database.db)
  await put(boris, { variant_id: tea, quantity: 2 })
  await order(boris, [{ variant_id: tea, quantity: 2 }], { from_cart: false })
  await hearAll()
  assert.deepEqual(await linesOf(boris), [{ variant_id: tea, quantity: 2 }])
})

test('an order told twice takes its goods once, and more than is there takes all (CART-5)', async () => {
  const buyer = customer(1)
  const [tea = '', cup = ''] = await sellTea(database.db, { variants: 2 })
  await put(buyer, { variant_id: tea, quantity: 5 })
  await put(buyer, { variant_id: cup, quantity: 1 })
  const lines = [
    { variant_id: tea, quantity: 1 },
    { variant_id: tea, quantity: 1 },
    { variant_id: cup, quantity: 3 },
  ]
  const order_id = await order(buyer, lines)
  await order(buyer, lines, { order_id })
  await hearAll()
  assert.deepEqual(await linesOf(buyer), [{ variant_id: tea, quantity: 3 }])
})

test('clicks while an order takes its goods are not lost (CART-5)', async () => {
  const buyer = customer(2)
  const [tea = ''] = await sellTea(database.db)
  await put(buyer, { variant_id: tea, quantity: 3 })
  for (let round = 0; round < 5; round++) {
    await order(buyer, [{ variant_id: tea, quantity: 3 }])
    await crowd(4, async (i) => (i === 0 ? await hearAll() : await put(buyer, { variant_id: tea, quantity: 1 })))
    assert.deepEqual(await linesOf(buyer), [{ variant_id: tea, quantity: 3 }])
  }
})
