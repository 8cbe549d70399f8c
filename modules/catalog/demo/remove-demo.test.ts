import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { expectResponse } from '#platform/testing'
import { newId } from '#platform/values'
import { AdminProduct, Product } from '../products/schema.ts'
import { ProductList } from '../search/schema.ts'
import { type CatalogTest, openCatalogTest } from '../testing.ts'
import { demoProducts } from './demo-products.ts'
import { removeDemo } from './remove-demo.ts'
import { seedDemo } from './seed-demo.ts'

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
})
after(() => catalog.close())

const totalOf = async () => expectResponse(await catalog.read('/catalog/products'), 200, ProductList).total

test('the demo products go; those of an order are archived, and no start brings them back (F-74)', async () => {
  const { db, now } = catalog
  const all = (await seedDemo(db, now)).products
  const own = await catalog.addProduct({ name: 'My own rose' })
  const bouquet = expectResponse(await catalog.read('/catalog/products/oblako'), 200, Product)
  const held = await catalog.hold({
    order_id: newId(),
    items: [{ variant_id: bouquet.variant_id, quantity: 1 }],
    expires_at: new Date(now().getTime() + 60_000),
  })
  assert.equal(held.kind, 'held')

  const removed = await removeDemo(db, now)
  assert.deepEqual(removed, { deleted: all - 3, archived: 3 }, 'the bouquet and its two kinds of flowers stay archived')
  assert.equal(await totalOf(), 1)
  const archived = expectResponse(await catalog.asStaff(`GET /admin/products/${bouquet.id}`), 200, AdminProduct)
  assert.equal(archived.is_active, false)
  assert.ok(archived.archived_at)
  await catalog.assertNoViolations()

  assert.deepEqual(await removeDemo(db, now), { deleted: 0, archived: 0 }, 'a second removal changes nothing')
  assert.deepEqual(await seedDemo(db, now), { products: 0 })
  expectResponse(await catalog.asStaff(`DELETE /admin/products/${own.id}`), 204)
  assert.deepEqual(await seedDemo(db, now), { products: 0 }, 'a start does not add them again')
  assert.deepEqual(await seedDemo(db, now, { again: true }), { products: all - 3 }, 'the command does')
  assert.equal(all, demoProducts().length)
  await catalog.assertNoViolations()
})

test('a shop with products of its own gets no demo products (F-74)', async () => {
  const shop = await openCatalogTest()
  try {
    await shop.addProduct()
    assert.deepEqual(await seedDemo(shop.db, shop.now), { products: 0 })
  } finally {
    await shop.close()
  }
})
