import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Type } from 'typebox'
import { expectProblem, expectResponse, guest } from '#platform/testing'
import { newId } from '#platform/values'
import { AdminProduct, FlatAdminProduct, Product } from '../../products/schema.ts'
import { AdminCategory, AdminTag } from '../../taxonomy/schema.ts'
import { type CatalogTest, openCatalogTest } from '../../testing.ts'
import { ProductList } from '../schema.ts'

let catalog: CatalogTest
let roses: string
const ids: Record<string, string> = {}

before(async () => {
  catalog = await openCatalogTest()
  const addCategory = async (slug: string, parent_id: string | null = null) => {
    const added = await catalog.asStaff('POST /admin/categories', { name: slug, slug, parent_id })
    return expectResponse(added, 201, AdminCategory).id
  }
  const flowers = await addCategory('cut-flowers')
  roses = await addCategory('roses', flowers)
  const tulips = await addCategory('tulips', flowers)
  const spring = await catalog.asStaff('POST /admin/tags', { name: { ru: 'Весна', en: 'Spring' }, slug: 'spring' })
  const add = async (key: string, input: Parameters<CatalogTest['addProduct']>[0]) => {
    ids[key] = (await catalog.addProduct(input)).id
    catalog.advance(1000)
  }
  await add('red', {
    name: { ru: 'Роза красная', en: 'Red rose' },
    category_id: roses,
    attributes: { flower_type: 'rose', height: 60 },
    variants: [{ price: 150, stock_quantity: 5, sku: 'ROSE-RED' }],
  })
  await add('white', {
    name: { ru: 'Роза белая', en: 'White rose' },
    category_id: roses,
    attributes: { flower_type: 'rose', height: 40 },
    variants: [{ price: 170, stock_quantity: 0 }],
  })
  await add('tulip', {
    name: { ru: 'Тюльпан жёлтый', en: 'Yellow tulip' },
    category_id: tulips,
    tag_ids: [expectResponse(spring, 201, AdminTag).id],
    attributes: { flower_type: 'tulip', height: 30 },
    variants: [{ price: 90, stock_quantity: 9 }],
  })
  await add('oolong', {
    type: 'tea',
    name: { ru: 'Улун Те Гуань Инь', en: 'Tie Guan Yin oolong' },
    description: { ru: 'Пахнет сиренью и мёдом.', en: 'Smells of lilac and honey.' },
    attributes: { taste: ['honey', 'berries'] },
    variants: [{ price: 900, stock_quantity: 9 }],
  })
  await add('lapsang', {
    type: 'tea',
    name: { ru: 'Лапсанг Сушонг', en: 'Lapsang Souchong' },
    attributes: { taste: ['smoke'] },
    variants: [{ price: 700, stock_quantity: 9 }],
  })
  await add('hidden', { name: { ru: 'Орхидея тайная', en: 'Secret orchid' }, is_active: false })
})
after(() => catalog.close())

const list = async (path: `/${string}`, locale?: string) =>
  expectResponse(await catalog.read(path, locale), 200, ProductList)

/** The keys of the products that a query finds, in the order of the list. */
async function found(query: string, locale?: string): Promise<string[]> {
  const { items } = await list(`/catalog/products?${query}`, locale)
  return items.map((card) => Object.keys(ids).find((key) => ids[key] === card.id) ?? card.name)
}

const byText = (one: string, other: string) => one.localeCompare(other)

test('the list starts with the newest product and leaves inactive ones out (CAT-6, CAT-8)', async () => {
  assert.deepEqual(await found(''), ['lapsang', 'oolong', 'tulip', 'white', 'red'])
})

test('every filter narrows the list (CAT-6)', async () => {
  assert.deepEqual(await found('type=tea'), ['lapsang', 'oolong'])
  assert.deepEqual(await found('category=cut-flowers'), ['tulip', 'white', 'red'], 'with the categories below')
  assert.deepEqual(await found(`category=${roses}`), ['white', 'red'])
  assert.deepEqual(await found('tag=spring'), ['tulip'])
  assert.deepEqual(await found('attr.flower_type=rose'), ['white', 'red'])
  assert.deepEqual(await found('attr.taste=smoke,berries'), ['lapsang', 'oolong'], 'either of two')
  assert.deepEqual(await found('attr.height=35..45'), ['white'])
  assert.deepEqual(await found('attr.height=..40'), ['tulip', 'white'])
  assert.deepEqual(await found('price_min=150&price_max=700'), ['lapsang', 'white', 'red'])
  assert.deepEqual(await found('type=flower&in_stock=true'), ['tulip', 'red'])
  assert.deepEqual(await found('attr.flower_type=rose&in_stock=true&price_max=160'), ['red'])
  assert.deepEqual(await found('attr.flower_type=tulip&category=roses'), [])
})

test('an edited product is in the lists of stock as before (CAT-6, CAT-11)', async () => {
  const description = { ru: 'Из утренней поставки.', en: 'From the morning delivery.' }
  for (const key of ['white', 'tulip'])
    expectResponse(await catalog.asStaff(`PATCH /admin/products/${ids[key]}`, { description }), 200)
  assert.deepEqual(await found('type=flower&in_stock=true'), ['tulip', 'red'])
})

test('one parameter filters by any attribute, so that generated clients can (F-50, CAT-6)', async () => {
  assert.deepEqual(await found('attr=flower_type:rose'), ['white', 'red'])
  assert.deepEqual(await found('attr=taste:smoke,berries'), ['lapsang', 'oolong'], 'either of two')
  assert.deepEqual(await found('attr=height:..40'), ['tulip', 'white'])
  assert.deepEqual(await found('attr=flower_type:rose&attr=height%3A35..45'), ['white'], 'both')
  assert.deepEqual(await found('attr=flower_type:rose&attr.height=35..45'), ['white'], 'in both forms')
  for (const query of ['attr=', 'attr=rose', 'attr=:rose', 'attr=Height:1', 'attr[height]=1']) {
    expectProblem(await catalog.read(`/catalog/products?${query}`), 400, 'validation-failed')
  }
})

test('a list is sorted by price, or by name in the language of the reader (CAT-6)', async () => {
  assert.deepEqual(await found('sort=price'), ['tulip', 'red', 'white', 'lapsang', 'oolong'])
  assert.deepEqual(await found('sort=-price'), ['oolong', 'lapsang', 'white', 'red', 'tulip'])
  assert.deepEqual(await found('sort=name', 'ru'), ['lapsang', 'white', 'red', 'tulip', 'oolong'])
  assert.deepEqual(await found('sort=name', 'en'), ['lapsang', 'red', 'oolong', 'white', 'tulip'])
})

test('the pages of a list show every product once, in each order (rule 5)', async () => {
  const { hidden, ...active } = ids
  assert.ok(hidden)
  for (const sort of ['newest', 'price', '-price', 'popular', 'name']) {
    const seen: string[] = []
    let cursor: string | null = ''
    do {
      const page: Awaited<ReturnType<typeof list>> = await list(
        `/catalog/products?sort=${sort}&page_size=2${cursor && `&cursor=${cursor}`}`,
      )
      seen.push(...page.items.map(({ id }) => id))
      assert.equal(page.total, 5)
      cursor = page.next_cursor
    } while (cursor)
    assert.deepEqual(seen.toSorted(), Object.values(active).toSorted(), sort)
  }
  const { items, page_size, total, pages } = await list('/catalog/flowers?skip=1&limit=1')
  assert.deepEqual([items.length, page_size, total, pages], [1, 1, 3, 3])
})

test('search understands both languages, inflected words and half-typed words (CAT-8)', async () => {
  assert.deepEqual((await found('search=розы')).toSorted(byText), ['red', 'white'])
  assert.deepEqual((await found('search=roses')).toSorted(byText), ['red', 'white'])
  assert.deepEqual(await found('search=красных роз'), ['red'])
  assert.deepEqual(await found('search=желтый'), ['tulip'], 'ё is е')
  assert.deepEqual(await found('search=лапс'), ['lapsang'])
  assert.deepEqual(await found('search=ROSE-RED'), ['red'], 'a SKU')
  assert.deepEqual(await found('search=мёд'), ['oolong'], 'from the description')
  assert.deepEqual(await found('search=весна'), ['tulip'], 'a tag')
  assert.deepEqual(await found('search=сушонг улун'), [], 'every word must match')
  assert.deepEqual(
    await found(`search=${encodeURIComponent("!! ' & | :* <->")}`),
    ['lapsang', 'oolong', 'tulip', 'white', 'red'],
    'a search without words is no search',
  )
})

test('a match in the name ranks above a match in the description (CAT-8)', async () => {
  const { id } = await catalog.addProduct({ type: 'tea', name: { ru: 'Медовый чай', en: 'Honey tea' } })
  const { items } = await list('/catalog/products?search=honey')
  assert.deepEqual(
    items.map((card) => card.id),
    [id, ids['oolong']],
  )
  expectResponse(await catalog.asStaff(`DELETE /admin/products/${id}`), 204)
})

test('a misspelled word gets a suggestion, and never one from an inactive product (CAT-8)', async () => {
  const suggestion = async (search: string) =>
    (await list(`/catalog/products?search=${encodeURIComponent(search)}`)).did_you_mean
  assert.equal(await suggestion('тюльппан'), 'тюльпан')
  assert.equal(await suggestion('lapsnag'), 'lapsang')
  assert.equal(await suggestion('tulpan'), 'тюльпан', 'typed in Latin')
  assert.equal(await suggestion('орхидеи тайной'), null)
  assert.equal(await suggestion('xzqwy'), null)
})

test('facets show how many products each further filter would leave (CAT-6)', async () => {
  const { facets } = await list('/catalog/products?facets=true&attr.flower_type=rose')
  const facetOf = (code: string) => facets?.attributes.find((each) => each.code === code)
  const flower = facetOf('flower_type')
  assert.deepEqual(
    flower?.values.map(({ code, count }) => [code, count]),
    [
      ['rose', 2],
      ['tulip', 1],
    ],
    'counted without its own filter',
  )
  assert.equal(flower?.ui_hint, 'chips')
  assert.deepEqual(
    facetOf('height')?.values.map(({ code }) => code),
    ['40', '60'],
  )
  assert.deepEqual(
    facets?.categories.map(({ code, count }) => [code, count]),
    [
      ['cut-flowers', 2],
      ['roses', 2],
    ],
  )
  assert.deepEqual(facets?.price, { min: 150, max: 170 })
  assert.deepEqual(facets?.types, [{ code: 'flower', name: 'Flower', count: 2 }])
})

const FlowerFields = Type.Object({ flower_type: Type.String() })

test('a type is listed under its plural, as flat products (CAT-7)', async () => {
  const { items } = await list('/catalog/flowers?search=red', 'ru')
  const { id, name, price, stock_quantity, flower_type } = items[0] as (typeof items)[number] & { flower_type?: string }
  assert.deepEqual(
    { id, name, price, stock_quantity, flower_type },
    { id: ids['red'], name: 'Роза красная', price: 150, stock_quantity: 5, flower_type: 'rose' },
  )
  const page = expectResponse(await catalog.read(`/catalog/flowers/${ids['red']}`), 200, FlowerFields)
  assert.equal(page.flower_type, 'rose')
  expectProblem(await catalog.read(`/catalog/flowers/${ids['oolong']}`), 404, 'not-found')
  expectProblem(await catalog.read('/catalog/spaceships'), 404, 'not-found')
})

test('staff add a flower with four fields, and a guest cannot (CAT-7)', async () => {
  const flower = { name: 'Пион', price: 350, stock_quantity: 7, flower_type: 'rose' }
  const add = (fields: object) => catalog.asStaff('POST /catalog/flowers', { ...flower, ...fields })
  const { id, ...added } = expectResponse(await add({}), 201, FlatAdminProduct)
  const page = expectResponse(await catalog.read(`/catalog/flowers/${id}`), 200, Product)
  for (const view of [added, page]) {
    const { name, price, stock_quantity, flower_type } = view as unknown as typeof flower
    assert.deepEqual({ name, price, stock_quantity, flower_type }, flower)
  }
  expectProblem(await catalog.send(guest, 'POST /catalog/flowers', { body: flower }), 401, 'unauthorized')
  assert.equal(expectProblem(await add({ engine: 'V8' }), 400, 'unknown-attribute')['attribute'], 'engine')
  expectProblem(await add({ flower_type: 'cactus' }), 400, 'bad-attribute-value')
  expectResponse(await catalog.asStaff(`DELETE /admin/products/${id}`), 204)
})

test('a bouquet shows its components (CAT-5, CAT-7)', async () => {
  const stem = await catalog.addVariant(9)
  await catalog.addBouquet([{ variant_id: stem, quantity: 4 }])
  const [bouquet] = (await list('/catalog/bouquets')).items
  assert.deepEqual([bouquet?.stock_quantity, bouquet?.components?.[0]?.quantity, bouquet?.price], [2, 4, 40_000])
})

test('a change of anything that a cached list shows invalidates it at once (CAT-10)', async () => {
  const readList = (headers = {}) => catalog.send(guest, 'GET /catalog/flowers?search=red', { headers })
  const card = async () => expectResponse(await readList(), 200, ProductList).items[0]
  const { etag = '' } = (await readList()).headers
  expectResponse(await readList({ 'if-none-match': etag }), 304)
  const product = expectResponse(await catalog.asStaff(`GET /admin/products/${ids['red']}`), 200, AdminProduct)
  const variant_id = product.variants[0]?.id ?? ''

  const order_id = newId()
  await catalog.hold({ order_id, items: [{ variant_id, quantity: 2 }], expires_at: catalog.now() })
  assert.equal((await card())?.stock_quantity, 3)
  const page = expectResponse(await catalog.read(`/catalog/products/${ids['red']}`), 200, Product)
  assert.equal(page.stock_quantity, 3)
  await catalog.release(order_id)
  assert.equal((await card())?.stock_quantity, 5)
  expectResponse(await catalog.asStaff(`PATCH /admin/variants/${variant_id}`, { price: 160 }), 200)
  assert.equal((await card())?.price, 160)
  expectProblem(await catalog.read('/catalog/products/red-rose'), 404, 'not-found')
})

test('a cached list is served without reading the database (CAT-10)', async () => {
  await list('/catalog/products?sort=name')
  const before = await countScans()
  for (let i = 0; i < 5; i++) await list('/catalog/products?sort=name')
  assert.equal(await countScans(), before)
})

/** The scans of `catalog.products` in PostgreSQL's statistics. */
async function countScans() {
  await catalog.pool.query('select pg_stat_force_next_flush()')
  const { rows } = await catalog.pool.query(`
    select seq_scan + idx_scan as scans from pg_stat_user_tables where relid = 'catalog.products'::regclass`)
  return rows[0].scans
}

test('a malformed query is refused with 400 (rule 6)', async () => {
  const cursor = (...key: unknown[]) => Buffer.from(JSON.stringify(key)).toString('base64url')
  const malformed = [
    `cursor=${cursor('price', 'abc', newId())}&sort=price`,
    `cursor=${cursor('newest', '2026-13-41 00:00:00+00', newId())}`,
    `cursor=${cursor('newest', 5)}`,
    `sort=price&cursor=${cursor('newest', '2026-11-21 00:00:00+00', newId())}`,
    'colour=red',
    'sort=best',
    'price_min=-1',
    'category=%00',
    'search=%00',
    'attr.flower_type=%00',
    'page_size=101',
    'page=9999',
  ]
  for (const query of malformed) expectResponse(await catalog.read(`/catalog/products?${query}`), 400)
  for (const query of ['search=%27', "attr.flower_type='"]) await list(`/catalog/products?${query}`)
})

test('an unknown or inactive product has no page (CAT-8)', async () => {
  for (const name of ['no-such-thing', newId(), ids['hidden']]) {
    expectProblem(await catalog.read(`/catalog/products/${name}`), 404, 'not-found')
  }
})

test('a parameter that is repeated means any of its values (F-55, CAT-6)', async () => {
  const idsOf = async (query: string) =>
    expectResponse(await catalog.read(`/catalog/products?${query}`), 200, ProductList).items.map(({ id }) => id)
  const both = [ids['tulip'], ids['white'], ids['red']]
  assert.deepEqual(await idsOf('category=roses&category=tulips'), both)
  assert.deepEqual(await idsOf('category=roses,tulips'), both)
  assert.deepEqual(await idsOf('attr.flower_type=rose&attr.flower_type=tulip'), both)
  assert.deepEqual(await idsOf('tag=spring&tag=unknown'), [ids['tulip']])
})

test('a value matches the ranges that contain it, and several spans match any of them (F-55, CAT-6)', async () => {
  const attribute = { code: 'brewing', name: 'Brewing', kind: 'range', is_filter: true }
  expectResponse(await catalog.asStaff('POST /admin/attributes', attribute), 201)
  expectResponse(await catalog.asStaff('PATCH /admin/types/tea', { attributes: ['taste', 'brewing'] }), 200)
  const brewing = (min: number, max: number) => ({ taste: ['smoke'], brewing: { min, max } })
  expectResponse(await catalog.asStaff(`PATCH /admin/products/${ids['oolong']}`, { attributes: brewing(85, 95) }), 200)
  expectResponse(
    await catalog.asStaff(`PATCH /admin/products/${ids['lapsang']}`, { attributes: brewing(95, 100) }),
    200,
  )
  const idsOf = async (value: string) =>
    expectResponse(await catalog.read(`/catalog/teas?attr.brewing=${value}`), 200, ProductList).items.map(
      ({ id }) => id,
    )
  assert.deepEqual(await idsOf('90'), [ids['oolong']])
  assert.deepEqual(await idsOf('95'), [ids['lapsang'], ids['oolong']])
  assert.deepEqual(await idsOf('80'), [])
  assert.deepEqual(await idsOf('80,98'), [ids['lapsang']])
  assert.deepEqual(await idsOf('96..99,80..86'), [ids['lapsang'], ids['oolong']])
})

test('swapped and doubled letters find a word, of a category too (F-55, CAT-8)', async () => {
  const added = await catalog.asStaff('POST /admin/categories', {
    name: { ru: 'Матча', en: 'Powdered' },
    slug: 'matcha',
  })
  const category_id = expectResponse(added, 201, AdminCategory).id
  await catalog.addProduct({ type: 'tea', name: { ru: 'Удзи', en: 'Uji' }, category_id })
  const suggested = async (search: string) =>
    expectResponse(await catalog.read(`/catalog/products?search=${encodeURIComponent(search)}`), 200, ProductList)
      .did_you_mean
  assert.equal(await suggested('уллун'), 'улун')
  assert.equal(await suggested('oolnog'), 'oolong')
  assert.equal(await suggested('pwodered'), 'powdered')
  assert.equal(await suggested('маттча'), 'матча')
  assert.equal(await suggested('xyzzyq'), null)
})
