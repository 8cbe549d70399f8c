import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { Page } from '#platform/schema'
import { expectResponse } from '#platform/testing'
import { AdminTag, Tag } from '../../taxonomy/schema.ts'
import { type CatalogTest, openCatalogTest } from '../../testing.ts'
import { ProductList } from '../schema.ts'

const inOrder = ['apple', 'Apple', 'Zinnia', 'арбуз', 'Арбуз', 'ёлка', 'Ёлка', 'ель', 'Ель', 'жасмин', 'Яблоня']

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
  for (const name of inOrder.toReversed()) {
    await catalog.addProduct({ name })
    const slug = `tag-${inOrder.length - inOrder.indexOf(name)}`
    expectResponse(await catalog.asStaff('POST /admin/tags', { name, slug }), 201)
  }
})
after(() => catalog.close())

test('names are sorted by the alphabet: Ё beside Е, upper case beside lower case (CAT-6)', async () => {
  for (const locale of ['ru', 'en']) {
    const seen: string[] = []
    let cursor: string | null = ''
    do {
      const response = await catalog.read(`/catalog/products?sort=name&page_size=4${cursor}`, locale)
      const { items, next_cursor } = expectResponse(response, 200, ProductList)
      seen.push(...items.map(({ name }) => name))
      cursor = next_cursor && `&cursor=${next_cursor}`
    } while (cursor)
    assert.deepEqual(seen, inOrder, locale)
  }
})

test('tags are sorted by the alphabet as well (CAT-6)', async () => {
  const page = expectResponse(await catalog.read('/catalog/tags?page_size=100', 'ru'), 200, Page(Tag))
  assert.deepEqual(
    page.items.map(({ name }) => name),
    inOrder,
  )
  const adminPage = expectResponse(await catalog.asStaff('GET /admin/tags?page_size=100'), 200, Page(AdminTag))
  assert.deepEqual(
    adminPage.items.map(({ name }) => name.ru),
    inOrder,
  )
})

test('the list by name scans its index from any position (CAT-6)', async () => {
  for (const column of ['name_ru', 'name_en']) {
    for (const after of [
      '',
      `where (l.${column}, l.product_id) > ('ель'::text, '01a1fcdb-002c-7fbc-83ae-89ac787d3c77'::uuid)`,
    ]) {
      const plan = await catalog.db.transaction().execute(async (tx) => {
        await sql`set local enable_seqscan = off`.execute(tx)
        await sql`set local enable_sort = off`.execute(tx)
        const { rows } = await sql<{ 'QUERY PLAN': string }>`
          explain select product_id from catalog.listings l ${sql.raw(after)}
          order by ${sql.ref(column)}, product_id limit 5`.execute(tx)
        return rows.map((row) => row['QUERY PLAN']).join('\n')
      })
      assert.match(plan, new RegExp(`listing_${column}`))
      assert.doesNotMatch(plan, /Sort/)
      if (after !== '') assert.match(plan, /Index Cond/)
    }
  }
})
