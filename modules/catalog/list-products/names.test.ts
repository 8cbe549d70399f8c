import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { openTestShop, type TestShop } from '../testing.ts'

const inOrder = ['apple', 'Apple', 'Zinnia', 'арбуз', 'Арбуз', 'ёлка', 'Ёлка', 'ель', 'Ель', 'жасмин', 'Яблоня']

let shop: TestShop
before(async () => {
  shop = await openTestShop()
  for (const name of inOrder.toReversed()) {
    await shop.sell({ name })
    await shop.ask('/admin/tags', {
      method: 'POST',
      body: { name, slug: `tag-${inOrder.length - inOrder.indexOf(name)}` },
    })
  }
})
after(() => shop.close())

type Named = { name: string }

test('names stand in the order of the alphabet: Ё beside Е, great letters beside small ones (CAT-6)', async () => {
  for (const locale of ['ru', 'en']) {
    const seen: string[] = []
    let cursor = ''
    do {
      const { body } = await shop.ask(`/catalog/products?sort=name&page_size=4${cursor}`, { locale })
      seen.push(...body.items.map(({ name }: Named) => name))
      cursor = body.next_cursor && `&cursor=${body.next_cursor}`
    } while (cursor)
    assert.deepEqual(seen, inOrder, locale)
  }
})

test('tags stand in the order of their names as well (CAT-6)', async () => {
  for (const path of ['/catalog/tags', '/admin/tags']) {
    const { body } = await shop.ask(`${path}?page_size=100`, { locale: 'ru' })
    const names = body.items.map(({ name }: { name: string | { ru: string } }) =>
      typeof name === 'string' ? name : name.ru,
    )
    assert.deepEqual(names, inOrder, path)
  }
})

test('the list by name is walked in its index, from any place (CAT-6)', async () => {
  for (const column of ['name_ru', 'name_en']) {
    for (const after of [
      '',
      `where (l.${column}, l.product_id) > ('ель'::text, '01a1fcdb-002c-7fbc-83ae-89ac787d3c77'::uuid)`,
    ]) {
      const plan = await shop.db.transaction().execute(async (tx) => {
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
