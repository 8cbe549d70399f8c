import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestShop, type TestShop } from './testing.ts'

let shop: TestShop
before(async () => {
  shop = await openTestShop()
})
after(() => shop.close())

const dearest = 10_000_000_000

const codeOf = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code]
const post = (path: string, body: object) => shop.ask(path, { method: 'POST', body })
const listed = () => shop.ask('/catalog/bouquets', { as: '' })

test('nothing costs more than a hundred million roubles, and no bouquet has a thousand of one stem (CAT-2, rule 7)', async () => {
  const tooDear = await post('/catalog/flowers', { name: 'Rose', price: dearest + 1 })
  assert.deepEqual(codeOf(tooDear), [400, 'validation-failed'])
  const rose = await shop.sellOne(5, { price: dearest })
  const tooMany = await post('/catalog/bouquets', { name: 'Many', components: [{ variant_id: rose, quantity: 1000 }] })
  assert.deepEqual(codeOf(tooMany), [400, 'validation-failed'])
})

test('a bouquet that would cost more than anything may is refused, and the shop window stays open (CAT-5)', async () => {
  const rose = await shop.sellOne(999, { price: dearest })
  const dear = await post('/catalog/bouquets', { name: 'Dear', components: [{ variant_id: rose, quantity: 999 }] })
  assert.deepEqual(codeOf(dear), [400, 'too-dear'])
  assert.equal((await listed()).status, 200)

  const components = [{ variant_id: rose, quantity: 999 }]
  const named = await post('/catalog/bouquets', { name: 'At a price of its own', price: 500, components })
  assert.equal(named.status, 201)
  const [variant] = named.body.variants
  const unpriced = await shop.ask(`/admin/variants/${variant.id}`, { method: 'PATCH', body: { price: null } })
  assert.deepEqual(codeOf(unpriced), [400, 'too-dear'])
})

test('a stem does not get so dear that a bouquet of it would cost more than anything may (CAT-5)', async () => {
  const rose = await shop.sellOne(99, { price: 100 })
  const bouquet = await shop.bind([{ variant_id: rose, quantity: 99 }])
  const raise = (price: number) => shop.ask(`/admin/variants/${rose}`, { method: 'PATCH', body: { price } })
  assert.deepEqual(codeOf(await raise(dearest)), [400, 'too-dear'])
  assert.equal((await raise(100_000_000)).status, 200)
  const { body } = await listed()
  assert.equal(body.items.find((each: { variant_id: string }) => each.variant_id === bouquet).price, 9_900_000_000)
})

test('the database itself keeps prices and bouquets in bounds, whoever writes (CAT-2, CAT-5)', async () => {
  const rose = await shop.sellOne(5)
  const bouquet = await shop.bind([{ variant_id: rose, quantity: 1 }])
  await assert.rejects(
    sql`update catalog.variants set price = ${dearest + 1} where id = ${rose}`.execute(shop.db),
    /variant_price/,
  )
  await assert.rejects(
    sql`update catalog.variants set compare_at_price = ${dearest + 1} where id = ${rose}`.execute(shop.db),
    /variant_compare_at_price/,
  )
  await assert.rejects(
    sql`update catalog.bundle_components set quantity = 1000 where bundle_id = ${bouquet}`.execute(shop.db),
    /bundle_components_quantity/,
  )
})
