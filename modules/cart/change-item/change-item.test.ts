import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { anna, bearer, boris, crowd, customer, testDatabase, testServer, type TestDatabase } from '#platform/testing'
import { newId, systemClock } from '#platform/values'
import { cart } from '../index.ts'
import { offersFrom, sellTea } from '../testing.ts'

let database: TestDatabase
let http: FastifyInstance
before(async () => {
  database = await testDatabase()
  http = await testServer([cart({ db: database.db, now: systemClock, catalog: offersFrom(database.db) })])
})
after(async () => {
  await http.close()
  await database.close()
})

const ask = (
  person: typeof anna,
  method: NonNullable<InjectOptions['method']>,
  what: { url: string; payload?: object },
) => http.inject({ ...what, url: `/api/v1/cart${what.url}`, method, headers: { authorization: bearer(person) } })
const add = (person: typeof anna, variant_id: string, quantity: number) =>
  ask(person, 'POST', { url: '/items', payload: { variant_id, quantity } })

test('a quantity is changed, a line taken out, a cart emptied, and each answers with the cart (CART-1)', async () => {
  const [oolong = '', puer = ''] = await sellTea(database.db, { variants: 2 })
  await add(anna, oolong, 1)
  await add(anna, puer, 2)
  await add(boris, puer, 5)
  const linesOf = (answer: { json: () => { items: { variant_id: string; quantity: number }[] } }) =>
    answer
      .json()
      .items.map(({ variant_id, quantity }: { variant_id: string; quantity: number }) => [variant_id, quantity])

  const changed = await ask(anna, 'PATCH', { url: `/items/${oolong}`, payload: { quantity: 7 } })
  assert.deepEqual(linesOf(changed), [
    [oolong, 7],
    [puer, 2],
  ])
  assert.deepEqual(linesOf(await ask(anna, 'DELETE', { url: `/items/${oolong}` })), [[puer, 2]])
  assert.deepEqual(linesOf(await ask(anna, 'DELETE', { url: '' })), [])
  assert.deepEqual(linesOf(await ask(boris, 'GET', { url: '' })), [[puer, 5]], 'Boris lost his tea')
})

test('what does not lie in the cart cannot be changed, and is already taken out (CART-1)', async () => {
  const missing = await ask(customer(1), 'PATCH', { url: `/items/${newId()}`, payload: { quantity: 1 } })
  assert.deepEqual([missing.statusCode, missing.json().code], [404, 'not-in-cart'])
  assert.equal((await ask(customer(1), 'DELETE', { url: `/items/${newId()}` })).statusCode, 200)
  assert.equal((await ask(customer(1), 'DELETE', { url: '' })).statusCode, 200)
})

test('a change waits for whoever is at the cart, so that an addition never overwrites it (CART-1)', async () => {
  const buyer = customer(2)
  const [tea = ''] = await sellTea(database.db)
  await add(buyer, tea, 10)
  const quantity = async () => (await ask(buyer, 'GET', { url: '' })).json().items[0].quantity
  const change = await transaction(database.db, async (tx) => {
    await sql`select from cart.carts where id = ${buyer.user_id} for update`.execute(tx)
    const changing = ask(buyer, 'PATCH', { url: `/items/${tea}`, payload: { quantity: 50 } })
    await sleep(150)
    assert.equal(await quantity(), 10, 'the change did not wait')
    return { changing }
  })
  assert.equal((await change.changing).statusCode, 200)
  assert.equal(await quantity(), 50)
})

test('adding and changing at once end in one of the two orders, never in a mixture (CART-1)', async () => {
  const buyer = customer(3)
  const [tea = ''] = await sellTea(database.db)
  await add(buyer, tea, 10)
  await crowd(10, (i) =>
    i % 2 === 0 ? add(buyer, tea, 1) : ask(buyer, 'PATCH', { url: `/items/${tea}`, payload: { quantity: 50 } }),
  )
  const { quantity } = (await ask(buyer, 'GET', { url: '' })).json().items[0]
  assert.ok(quantity >= 50 && quantity <= 55, `${quantity} pieces`)
})
