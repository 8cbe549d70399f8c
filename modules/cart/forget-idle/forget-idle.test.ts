import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { anna, bearer, testDatabase, testServer, type TestDatabase } from '#platform/testing'
import { after as later, days, systemClock } from '#platform/values'
import { cart } from '../index.ts'
import { offersFrom, sellTea } from '../testing.ts'
import { forgetIdle } from './job.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase()
})
after(() => database.close())

test('a guest’s cart ends after 60 idle days, a customer’s never (CART-2)', async () => {
  const [variant_id = ''] = await sellTea(database.db)
  const http = await testServer([cart({ db: database.db, now: systemClock, catalog: offersFrom(database.db) })])
  const put = (headers: Record<string, string>) =>
    http.inject({ method: 'POST', url: '/api/v1/cart/items', headers, payload: { variant_id, quantity: 1 } })
  await put({ authorization: bearer(anna) })
  await put({})
  await http.close()
  const cartsAfter = async (idle: number) => {
    await forgetIdle({ db: database.db, now: () => later(systemClock(), days(idle)) }).work(
      {},
      AbortSignal.timeout(5000),
    )
    const { rows } = await sql<{ id: string }>`select id from cart.carts`.execute(database.db)
    return rows.map(({ id }) => id)
  }
  assert.equal((await cartsAfter(59)).length, 2)
  assert.deepEqual(await cartsAfter(61), [anna.user_id])
})
