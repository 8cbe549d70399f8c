import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { expectProblem, expectResponse, statementsOf } from '#platform/testing'
import { type CatalogTest, openCatalogTest } from '../../testing.ts'
import { ProductList } from '../schema.ts'

const count = 1100

let catalog: CatalogTest
/** Peonies that cost 1, 2, 3 … 1,100. */
before(async () => {
  catalog = await openCatalogTest()
  await sql`
    with product as (
      insert into catalog.products (id, type_code, slug, name, description, attributes, is_active, created_at, updated_at)
      select gen_random_uuid(), 'flower', 'peony-' || i, '{"ru": "Пион", "en": "Peony"}', '{"ru": "", "en": ""}', '{}', true,
        timestamptz '2026-01-01' + i * interval '1 second', now()
      from generate_series(1, ${count}::int) i returning id, slug
    ), variant as (
      insert into catalog.variants (id, product_id, kind, sku, title, price, currency, weight_grams, is_active, position)
      select gen_random_uuid(), id, 'plain', slug, '{"ru": "", "en": ""}', split_part(slug, '-', 2)::int, 'RUB', 100, true, 0
      from product returning id
    )
    insert into catalog.stock (variant_id, on_hand, policy) select id, 5, 'track' from variant`.execute(catalog.db)
  await sql`select catalog.refresh_listings(array(select id from catalog.products))`.execute(catalog.db)
})
after(() => catalog.close())

const list = async (query: string, locale?: string) =>
  expectResponse(await catalog.read(`/catalog/products?${query}`, locale), 200, ProductList)

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

/** The prices of the whole list, page by page with cursors. */
async function pricesOf(query: string): Promise<number[]> {
  const prices: number[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Awaited<ReturnType<typeof list>> = await list(`${query}&page_size=100${cursor && `&cursor=${cursor}`}`)
    prices.push(...page.items.map(({ price }) => price))
    cursor = page.next_cursor
  }
  return prices
}

test('a list by price has the order of numbers, with any filter and on any page (CAT-6)', async () => {
  for (const filter of ['', '&in_stock=true', '&search=peony', '&search=peony&price_max=1050']) {
    const expected = range(1, filter.endsWith('1050') ? 1050 : count)
    assert.deepEqual(await pricesOf(`sort=price${filter}`), expected, filter)
    assert.deepEqual(await pricesOf(`sort=-price${filter}`), expected.toReversed(), filter)
    const deep = await list(`sort=price${filter}&skip=995&limit=10`)
    assert.deepEqual(
      deep.items.map(({ price }) => price),
      range(996, 1005),
      filter,
    )
  }
})

test('a list of a thousand matches has their number, a longer one says that there are more (PERF-5)', async () => {
  const totalOf = async (query: string) => {
    const { total, total_capped, items } = await list(`${query}&page_size=1`)
    return [total, total_capped, items[0]?.price]
  }
  for (const filter of ['', '&in_stock=true', '&search=peony']) {
    assert.deepEqual(await totalOf(`sort=price&price_max=1000${filter}`), [1000, undefined, 1], filter)
    assert.deepEqual(await totalOf(`sort=price&price_max=1001${filter}`), [1000, true, 1], filter)
    assert.deepEqual(await totalOf(`sort=price&price_min=1101${filter}`), [0, undefined, undefined], filter)
  }
})

test('one statement finds and counts a list, and another loads the cards that are not cached (PERF-3)', async () => {
  const statementsFor = async (query: string) => {
    // The other tests read no card in Russian.
    const statements = await statementsOf(async () => void (await list(query, 'ru')))
    return statements.filter(({ text }) => text !== 'select').length
  }
  assert.equal(await statementsFor('in_stock=true&price_min=201&price_max=220&sort=price'), 2)
  assert.equal(await statementsFor('in_stock=true&price_min=201&price_max=220&sort=-price'), 1, 'the same cards')
  assert.equal(await statementsFor('in_stock=true&price_min=202&price_max=221&sort=price'), 2, 'one other card')
  assert.equal(await statementsFor('in_stock=true&price_min=201&price_max=220&sort=price'), 0, 'a cached list')
})

test('a filtered list is prepared, and its one plan reads the index of the sort (PERF-3)', async () => {
  for (const sort of ['newest', 'price', '-price', 'popular', 'name']) {
    const query = `type=flower&in_stock=true&price_max=1099&sort=${sort}`
    const [scan] = await statementsOf(async () => void (await list(query, 'ru')))
    assert.doesNotMatch(scan?.text ?? 'replanned', /replanned/)
    const { rows } = await sql<{ 'QUERY PLAN': string }>`explain (generic_plan) ${sql.raw(scan?.text ?? '')}`.execute(
      catalog.db,
    )
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    assert.match(plan, /Scan (Backward )?using listing_/, sort)
    assert.doesNotMatch(plan, /Sort Key: (listing|key)/, sort)
  }
})

test('a filtered list has offsets up to a thousand, and cursors as far as it goes (PERF-5, rule 5)', async () => {
  const deep = await list('in_stock=true&sort=price&skip=1000&limit=5')
  assert.deepEqual(
    deep.items.map(({ price }) => price),
    range(1001, 1005),
  )
  for (const filter of ['in_stock=true', 'type=flower', 'search=peony&sort=price', 'price_min=2'])
    expectProblem(await catalog.read(`/catalog/products?${filter}&skip=1001`), 400, 'offset-too-deep')
  assert.equal((await list('sort=price&price_min=2&skip=1001&limit=1')).items[0]?.price, 1003, 'the index skips them')
})

test('a rare product behind a thousand others is found (PERF-5, CAT-6)', async () => {
  const { id } = await catalog.addProduct({ attributes: { height: 77 }, variants: [{ price: 0, stock_quantity: 1 }] })
  const { items, total, total_capped } = await list('attr.height=76..78&sort=-price')
  assert.deepEqual([items.map((card) => card.id), total, total_capped], [[id], 1, undefined])
  expectResponse(await catalog.asStaff(`DELETE /admin/products/${id}`), 204)
})

test('every page of a list says the same total (rule 5)', async () => {
  const first = await list('in_stock=true&sort=price&price_max=500&page_size=100')
  const second = await list(`in_stock=true&sort=price&price_max=500&page_size=100&cursor=${first.next_cursor}`)
  assert.deepEqual([first.total, second.total], [500, 500])
  const long = await list('in_stock=true&page_size=100')
  const next = await list(`in_stock=true&page_size=100&cursor=${long.next_cursor}`)
  assert.deepEqual([next.total, next.total_capped], [1000, true])
})

test('a page that follows a cursor reads no further than it needs (PERF-5)', async () => {
  const readBy = async (query: string) => {
    const [scan] = await statementsOf(async () => void (await list(query)))
    const { rows } = await catalog.pool.query(`explain (analyze, format json) ${scan?.text}`, [...(scan?.values ?? [])])
    return scannedIn(rows[0]['QUERY PLAN'][0].Plan)
  }
  const { next_cursor } = await list('in_stock=true&sort=price&page_size=20')
  assert.equal(await readBy(`in_stock=true&sort=price&page_size=20&cursor=${next_cursor}`), 21)
  assert.equal(await readBy('in_stock=true&sort=price&page_size=21'), count, 'the first page counts')
})

type Plan = Readonly<{ 'Index Name'?: string; 'Actual Rows': number; 'Actual Loops': number; Plans?: readonly Plan[] }>

/** The rows that a plan reads from the index of prices. */
const scannedIn = ({ Plans = [], ...plan }: Plan): number =>
  (plan['Index Name'] === 'listing_price' ? Math.round(plan['Actual Rows'] * plan['Actual Loops']) : 0) +
  Plans.reduce((sum, each) => sum + scannedIn(each), 0)

test('facets take two statements more, whatever is filtered (PERF-5)', async () => {
  const statementsFor = async (query: string) => {
    const statements = await statementsOf(async () => void (await list(query, 'en')))
    return statements.filter(({ text }) => text !== 'select').length
  }
  await list('facets=true', 'en')
  await list('price_min=300&price_max=319&sort=price', 'en')
  assert.equal(await statementsFor('price_min=300&price_max=319&sort=price&facets=true'), 3)
  assert.equal(await statementsFor('sort=price&price_max=319&price_min=300&facets=true&attr.height=1..2'), 3)
})

test('a product with more tokens than an index holds is found by each of them (CAT-6)', async () => {
  const addNotes = async (code: string) => {
    const values = range(1, 45).map((i) => ({ code: `${code}${i}`, name: `${code} ${i}` }))
    const added = await catalog.asStaff('POST /admin/attributes', { code, name: code, kind: 'multi_enum', values })
    expectResponse(added, 201)
    return values.map((value) => value.code)
  }
  const codes = ['notes', 'scents', 'colours', 'farms', 'years']
  const attributes: Record<string, string[]> = {}
  for (const code of codes) attributes[code] = await addNotes(code)
  expectResponse(await catalog.asStaff('PATCH /admin/types/tea', { attributes: ['taste', ...codes] }), 200)
  const { id } = await catalog.addProduct({ type: 'tea', attributes })
  for (const query of ['attr.notes=notes39', 'attr.scents=scents1,scents39&type=tea', 'type=tea']) {
    const { items, total } = await list(query)
    assert.deepEqual([items.map((card) => card.id), total], [[id], 1], query)
  }
  assert.equal((await list('attr.notes=notes39&attr.taste=honey')).total, 0)
})
