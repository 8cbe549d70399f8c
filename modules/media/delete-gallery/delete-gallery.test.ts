import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { productDeleted } from '#catalog/events'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { deliverEvents, expectProblem, olga } from '#platform/testing'
import { hours } from '#platform/values'
import { drawImage, multipart, openMediaTest, type MediaTest } from '../testing.ts'

let shop: MediaTest
let time = new Date('2026-11-21T09:00:00Z')
before(async () => {
  shop = await openMediaTest({ now: () => time })
})
after(() => shop.close())

async function deleteProduct(product_id: string): Promise<void> {
  await transaction(shop.db, (tx) => publish(tx, [productDeleted({ product_id })]))
  await deliverEvents(shop.db, [shop.module])
}

const filesDue = async () =>
  (await sql<{ delete_after: Date }>`select delete_after from media.unreferenced_files`.execute(shop.db)).rows.map(
    ({ delete_after }) => delete_after.toISOString(),
  )

test('the images of a deleted product go, and their files follow two hours later (MED-5)', async () => {
  const [product, other] = [shop.newProduct(), shop.newProduct()]
  await shop.upload(product, await drawImage({ width: 800 }))
  await shop.upload(product, await drawImage({ width: 900 }))
  await shop.upload(other)
  await deleteProduct(product)
  assert.deepEqual(await shop.show(product), [])
  assert.equal((await shop.show(other)).length, 1)
  const due = new Set(await filesDue())
  assert.deepEqual(due, new Set([new Date(time.getTime() + hours(2)).toISOString()]))
  await shop.assertNoViolations()
  await deleteProduct(product)
  assert.deepEqual(new Set(await filesDue()), due, 'a repeated event changes nothing')
})

test('an upload whose product is deleted meanwhile stores no image (MED-5)', async () => {
  const product = shop.newProduct()
  await deleteProduct(product)
  expectProblem(await shop.send(olga, product, multipart(await drawImage())), 404, 'not-found')
  const { rows } = await sql`select from media.images where owner_id = ${product}`.execute(shop.db)
  assert.equal(rows.length, 0)
  time = new Date(time.getTime() + hours(3))
})
