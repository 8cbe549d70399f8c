import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newId } from '#platform/values'
import { openTestShop, type TestShop } from '../testing.ts'

type Card = {
  id: string
  name: string
  slug: string
  price: number
  flower_type?: string
  components?: { quantity: number }[]
}

let shop: TestShop
let roses: string
const ids: Record<string, string> = {}

before(async () => {
  shop = await openTestShop()
  const category = async (slug: string, parent_id?: string) =>
    (
      await shop.ask('/admin/categories', {
        method: 'POST',
        body: { name: slug, slug, ...(parent_id && { parent_id }) },
      })
    ).body.id
  const flowers = await category('cut-flowers')
  roses = await category('roses', flowers)
  const tulips = await category('tulips', flowers)
  const spring = (
    await shop.ask('/admin/tags', { method: 'POST', body: { name: { ru: 'Весна', en: 'Spring' }, slug: 'spring' } })
  ).body.id
  const add = async (key: string, input: Parameters<TestShop['sell']>[0]) => {
    const { id } = await shop.sell(input ?? {})
    ids[key] = id
    shop.pass(1000)
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
    tag_ids: [spring],
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
  await add('hidden', { name: { ru: 'Орхидея тайная', en: 'Secret orchid' } })
  await shop.ask(`/admin/products/${ids['hidden']}`, { method: 'PATCH', body: { is_active: false } })
})
after(() => shop.close())

async function found(query: string, locale = 'en'): Promise<string[]> {
  const { status, body } = await shop.ask(`/catalog/products?${query}`, { locale, as: '' })
  assert.equal(status, 200, JSON.stringify(body))
  const keyOf = (card: Card) => Object.keys(ids).find((key) => ids[key] === card.id) ?? card.name
  return body.items.map(keyOf)
}

const byText = (one: string, other: string) => one.localeCompare(other)

test('the shop window shows the newest first and never what is not on sale (CAT-6, CAT-8)', async () => {
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

test('lists are sorted as asked, by name in the language of the reader (CAT-6)', async () => {
  assert.deepEqual(await found('sort=price'), ['tulip', 'red', 'white', 'lapsang', 'oolong'])
  assert.deepEqual(await found('sort=-price'), ['oolong', 'lapsang', 'white', 'red', 'tulip'])
  assert.deepEqual(await found('sort=name', 'ru'), ['lapsang', 'white', 'red', 'tulip', 'oolong'])
  assert.deepEqual(await found('sort=name', 'en'), ['lapsang', 'red', 'oolong', 'white', 'tulip'])
})

test('page after page shows every product once, in each order (rule 5)', async () => {
  for (const sort of ['newest', 'price', '-price', 'popular', 'name']) {
    const seen: string[] = []
    let cursor: string | null = ''
    do {
      const { body } = await shop.ask(`/catalog/products?sort=${sort}&page_size=2${cursor && `&cursor=${cursor}`}`)
      seen.push(...body.items.map(({ id }: Card) => id))
      assert.equal(body.total, 5)
      cursor = body.next_cursor
    } while (cursor)
    assert.deepEqual(
      seen.toSorted(),
      Object.values(ids)
        .filter((id) => id !== ids['hidden'])
        .toSorted(),
      sort,
    )
  }
  const { body } = await shop.ask('/catalog/flowers?skip=1&limit=1')
  assert.deepEqual([body.items.length, body.page_size, body.total, body.pages], [1, 1, 3, 3])
})

test('search understands both languages, forms of words, and words half typed (CAT-8)', async () => {
  assert.deepEqual((await found('search=розы')).toSorted(byText), ['red', 'white'])
  assert.deepEqual((await found('search=roses')).toSorted(byText), ['red', 'white'])
  assert.deepEqual(await found('search=красных роз'), ['red'])
  assert.deepEqual(await found('search=желтый'), ['tulip'], 'ё is е')
  assert.deepEqual(await found('search=лапс'), ['lapsang'])
  assert.deepEqual(await found('search=ROSE-RED'), ['red'], 'a SKU')
  assert.deepEqual(await found('search=мёд'), ['oolong'], 'from the description')
  assert.deepEqual(await found('search=весна'), ['tulip'], 'a tag')
  assert.deepEqual(await found('search=сушонг улун'), [], 'all words must be there')
  assert.deepEqual(
    await found(`search=${encodeURIComponent("!! ' & | :* <->")}`),
    ['lapsang', 'oolong', 'tulip', 'white', 'red'],
    'no words, no search',
  )
})

test('a name counts more than a description (CAT-8)', async () => {
  const { id } = await shop.sell({ type: 'tea', name: { ru: 'Медовый чай', en: 'Honey tea' } })
  const { body } = await shop.ask('/catalog/products?search=honey')
  assert.deepEqual(
    body.items.map((card: Card) => card.id),
    [id, ids['oolong']],
  )
  await shop.ask(`/admin/products/${id}`, { method: 'DELETE' })
})

test('a slip of the pen is put right, a secret is not told (CAT-8)', async () => {
  const meant = async (search: string) =>
    (await shop.ask(`/catalog/products?search=${encodeURIComponent(search)}`)).body.did_you_mean
  assert.equal(await meant('тюльппан'), 'тюльпан')
  assert.equal(await meant('lapsnag'), 'lapsang')
  assert.equal(await meant('tulpan'), 'тюльпан', 'typed in Latin')
  assert.equal(await meant('орхидеи тайной'), null)
  assert.equal(await meant('xzqwy'), null)
})

test('facets say how many each further narrowing would leave (CAT-6)', async () => {
  const { body } = await shop.ask('/catalog/products?facets=true&attr.flower_type=rose')
  const flower = body.facets.attributes.find((each: { code: string }) => each.code === 'flower_type')
  assert.deepEqual(
    flower.values.map((value: { code: string; count: number }) => [value.code, value.count]),
    [
      ['rose', 2],
      ['tulip', 1],
    ],
    'its own filter set aside',
  )
  assert.equal(flower.ui_hint, 'chips')
  const heights = body.facets.attributes.find((each: { code: string }) => each.code === 'height')
  assert.deepEqual(
    heights.values.map((value: { code: string }) => value.code),
    ['40', '60'],
  )
  assert.deepEqual(
    body.facets.categories.map((each: { code: string; count: number }) => [each.code, each.count]),
    [
      ['cut-flowers', 2],
      ['roses', 2],
    ],
  )
  assert.deepEqual(body.facets.price, { min: 150, max: 170 })
  assert.deepEqual(body.facets.types, [{ code: 'flower', name: 'Flower', count: 2 }])
})

test('a type is listed under its plural, attributes beside the name (CAT-7)', async () => {
  const { body } = await shop.ask('/catalog/flowers?search=red', { locale: 'ru' })
  const [rose] = body.items
  const { id, name, price, stock_quantity, flower_type } = rose
  assert.deepEqual(
    { id, name, price, stock_quantity, flower_type },
    { id: ids['red'], name: 'Роза красная', price: 150, stock_quantity: 5, flower_type: 'rose' },
  )
  assert.equal((await shop.ask(`/catalog/flowers/${ids['red']}`)).body.flower_type, 'rose')
  assert.equal((await shop.ask(`/catalog/flowers/${ids['oolong']}`)).status, 404, 'a tea is no flower')
  assert.equal((await shop.ask('/catalog/spaceships')).status, 404)
})

test('staff sell a flower with four words, and a customer may not (CAT-7)', async () => {
  const flower = { name: 'Пион', price: 350, stock_quantity: 7, flower_type: 'rose' }
  const created = await shop.ask('/catalog/flowers', { method: 'POST', body: flower })
  assert.equal(created.status, 201, JSON.stringify(created.body))
  const { id } = created.body
  for (const seen of [created.body, (await shop.ask(`/catalog/flowers/${id}`)).body]) {
    const { name, price, stock_quantity, flower_type } = seen
    assert.deepEqual({ name, price, stock_quantity, flower_type }, flower)
  }
  assert.equal((await shop.ask('/catalog/flowers', { method: 'POST', body: flower, as: '' })).status, 401)
  const odd = await shop.ask('/catalog/flowers', { method: 'POST', body: { ...flower, engine: 'V8' } })
  assert.deepEqual([odd.status, odd.body.code, odd.body.attribute], [400, 'unknown-attribute', 'engine'])
  const wrong = await shop.ask('/catalog/flowers', { method: 'POST', body: { ...flower, flower_type: 'cactus' } })
  assert.deepEqual([wrong.status, wrong.body.code], [400, 'bad-attribute-value'])
  assert.equal((await shop.ask(`/admin/products/${id}`, { method: 'DELETE' })).status, 204)
})

test('a bouquet shows what it is made of (CAT-5, CAT-7)', async () => {
  const stem = await shop.sellOne(9)
  await shop.bind([{ variant_id: stem, quantity: 4 }])
  const { body } = await shop.ask('/catalog/bouquets')
  assert.deepEqual(
    [body.items[0].stock_quantity, body.items[0].components[0].quantity, body.items[0].price],
    [2, 4, 40_000],
  )
})

test('a cached list is forgotten the moment anything it shows changes (CAT-10)', async () => {
  const list = () => shop.ask('/catalog/flowers?search=red')
  const first = await list()
  assert.equal(
    (await shop.ask('/catalog/flowers?search=red', { headers: { 'if-none-match': first.headers.etag } })).status,
    304,
  )
  const [variant] = (await shop.ask(`/admin/products/${ids['red']}`)).body.variants
  const hold = { order_id: newId(), wants: [{ variant_id: variant.id, quantity: 2 }], expires_at: shop.now() }
  await shop.shop.hold(hold)
  assert.equal((await list()).body.items[0].stock_quantity, 3)
  assert.equal((await shop.ask(`/catalog/products/${ids['red']}`)).body.stock_quantity, 3)
  await shop.release(hold.order_id)
  assert.equal((await list()).body.items[0].stock_quantity, 5)
  await shop.ask(`/admin/variants/${variant.id}`, { method: 'PATCH', body: { price: 160 } })
  assert.equal((await list()).body.items[0].price, 160)
  assert.equal((await shop.ask(`/catalog/products/red-rose`)).status, 404)
})

test('what comes back from the cache was not read again (CAT-10)', async () => {
  await shop.ask('/catalog/products?sort=name')
  const before = await statements()
  for (let i = 0; i < 5; i++) await shop.ask('/catalog/products?sort=name')
  assert.equal(await statements(), before)
})

/** How often listings were looked at, as PostgreSQL counts. */
async function statements() {
  await shop.pool.query('select pg_stat_force_next_flush()')
  const { rows } = await shop.pool.query(`
    select seq_scan + idx_scan as scans from pg_stat_user_tables where relid = 'catalog.products'::regclass`)
  return rows[0].scans
}

test('strange queries are refused, not crashed upon (rule 6)', async () => {
  const cursor = (...key: unknown[]) => Buffer.from(JSON.stringify(key)).toString('base64url')
  const statuses = async (...queries: string[]) =>
    Promise.all(queries.map(async (query) => (await shop.ask(`/catalog/products?${query}`)).status))
  assert.deepEqual(
    await statuses(
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
    ),
    Array.from({ length: 12 }, () => 400),
  )
  assert.deepEqual(await statuses('search=%27', "attr.flower_type='", 'attr.nothing=1..2'), [200, 200, 200])
  assert.equal((await shop.ask('/catalog/products/no-such-thing')).status, 404)
  assert.equal((await shop.ask(`/catalog/products/${newId()}`)).status, 404)
  assert.equal((await shop.ask(`/catalog/products/${ids['hidden']}`)).status, 404)
})
