import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { anna, bearer, crowd } from '#platform/testing'
import { newId } from '#platform/values'
import { openTestShop, type TestShop } from './testing.ts'

let shop: TestShop
before(async () => {
  shop = await openTestShop()
})
after(() => shop.close())

const post = (path: string, body: object, headers = {}) => shop.ask(path, { method: 'POST', body, headers })
const patch = (path: string, body: object) => shop.ask(path, { method: 'PATCH', body })
const remove = (path: string) => shop.ask(path, { method: 'DELETE' })
const codeOf = ({ status, body }: { status: number; body: { code?: string } | undefined }) => [status, body?.code]

const tea = (rest = {}) => ({
  type: 'tea',
  name: { ru: 'Да Хун Пао', en: 'Da Hong Pao' },
  attributes: { taste: ['smoke'] },
  variants: [
    { title: { ru: '50 г', en: '50 g' }, price: 60_000, weight_grams: 50, stock_quantity: 5 },
    { title: { ru: '100 г', en: '100 g' }, price: 110_000, weight_grams: 100, stock_quantity: 5 },
  ],
  ...rest,
})

test('staff add a tea with two packs; it has an address and everyone sees it (CAT-1, CAT-2, CAT-11)', async () => {
  const { status, body } = await post('/admin/products', tea())
  assert.equal(status, 201, JSON.stringify(body))
  assert.equal(body.slug, 'da-hun-pao')
  const shown = (await shop.ask('/catalog/products/da-hun-pao', { locale: 'ru' })).body
  assert.deepEqual(
    shown.variants.map((variant: { title: string; price: number; stock_quantity: number; weight_grams: number }) => [
      variant.title,
      variant.price,
      variant.weight_grams,
      variant.stock_quantity,
    ]),
    [
      ['50 г', 60_000, 50, 5],
      ['100 г', 110_000, 100, 5],
    ],
  )
  assert.deepEqual(
    shown.described.map((each: { code: string; ui_hint: string; value: string[] }) => [
      each.code,
      each.ui_hint,
      each.value,
    ]),
    [['taste', 'chips', ['smoke']]],
  )
  assert.deepEqual(shown.reviews, { count: 0, average: null })
  assert.equal(
    (await post('/admin/products', tea())).body.slug.startsWith('da-hun-pao-'),
    true,
    'a namesake gets another address',
  )
})

test('a client that sends the id may send again; another thing under that id is refused (rule 2)', async () => {
  const input = tea({ id: newId(), name: 'Bi Luo Chun' })
  const results = await crowd(5, () => post('/admin/products', input))
  const answers = results.map((result) =>
    result.status === 'fulfilled' ? result.value : assert.fail(String(result.reason)),
  )
  assert.deepEqual(
    answers.map(({ status }) => status),
    [201, 201, 201, 201, 201],
  )
  for (const { body } of answers) assert.deepEqual(body, answers[0]?.body)
  assert.deepEqual(codeOf(await post('/admin/products', { ...input, name: 'Long Jing' })), [409, 'id-taken'])
})

test('what cannot be is refused in words (CAT-11)', async () => {
  assert.deepEqual(codeOf(await post('/admin/products', tea({ type: 'car' }))), [400, 'unknown-type'])
  assert.deepEqual(codeOf(await post('/admin/products', tea({ category_id: newId() }))), [400, 'unknown-category'])
  assert.deepEqual(codeOf(await post('/admin/products', tea({ tag_ids: [newId()] }))), [400, 'unknown-tag'])
  assert.deepEqual(codeOf(await post('/admin/products', tea({ attributes: { taste: ['sea'] } }))), [
    400,
    'bad-attribute-value',
  ])
  assert.deepEqual(codeOf(await post('/admin/products', tea({ variants: [{ sku: 'X' }] }))), [400, 'price-missing'])
  assert.deepEqual(codeOf(await post('/admin/products', tea({ variants: [{ price: 5, compare_at_price: 5 }] }))), [
    400,
    'bad-compare-at-price',
  ])
  assert.deepEqual(
    codeOf(
      await post(
        '/admin/products',
        tea({
          variants: [
            { price: 5, sku: 'S' },
            { price: 6, sku: 'S' },
          ],
        }),
      ),
    ),
    [409, 'sku-taken'],
  )
  assert.deepEqual(codeOf(await post('/admin/products', tea({ slug: 'Bad Slug' }))).slice(0, 1), [400])
  assert.equal((await shop.ask('/admin/products', { as: bearer(anna) })).status, 403)
})

test('a bundle is made of plain things of one currency, each once (CAT-5)', async () => {
  const rose = await shop.sellOne(9)
  const star = await shop.sellOne(9, { currency: 'XTR' })
  const bouquet = await shop.bind([{ variant_id: rose, quantity: 3 }])
  const { id: product_id } = await shop.sell({ type: 'bouquet' })
  const bind = (...components: { variant_id: string; quantity: number }[]) =>
    post('/admin/bundles', { product_id, components })
  assert.deepEqual(codeOf(await bind({ variant_id: bouquet, quantity: 1 })), [400, 'component-is-bundle'])
  assert.deepEqual(codeOf(await bind({ variant_id: rose, quantity: 1 }, { variant_id: rose, quantity: 2 })), [
    400,
    'component-twice',
  ])
  assert.deepEqual(codeOf(await bind({ variant_id: rose, quantity: 1 }, { variant_id: star, quantity: 2 })), [
    400,
    'mixed-currencies',
  ])
  assert.deepEqual(codeOf(await bind({ variant_id: newId(), quantity: 1 })), [400, 'unknown-component'])
  const bound = await bind({ variant_id: rose, quantity: 2 })
  assert.deepEqual(
    [bound.status, bound.body.price, bound.body.pricing, bound.body.stock_quantity],
    [201, 20_000, 'computed', 4],
  )
  const changed = await patch(`/admin/bundles/${bound.body.id}`, {
    price: 15_000,
    components: [{ variant_id: rose, quantity: 4 }],
  })
  assert.deepEqual([changed.body.price, changed.body.pricing, changed.body.stock_quantity], [15_000, 'own', 2])
  assert.deepEqual(
    codeOf(await patch(`/admin/variants/${rose}`, { components: [{ variant_id: star, quantity: 1 }] })),
    [409, 'not-a-bundle'],
  )
  assert.deepEqual(codeOf(await post(`/admin/variants/${bouquet}/stock`, { delta: 1, reason: 'x' })), [
    409,
    'bundle-has-no-stock',
  ])
  assert.deepEqual(codeOf(await remove(`/admin/variants/${rose}`)), [409, 'in-a-bundle'])
})

test('an article number nobody gave can be written back as it is, however long the name (CAT-11)', async () => {
  const name = 'Большой букет из ста одной садовой розы и веток эвкалипта для самого дорогого человека'
  const [one, other] = [await shop.sell({ name }), await shop.sell({ name })]
  const skus = [one, other].map(({ variants }) => variants[0]?.sku ?? '')
  assert.notEqual(skus[0], skus[1])
  for (const [i, { variants }] of [one, other].entries()) {
    const answer = await patch(`/admin/variants/${variants[0]?.id}`, { sku: skus[i] ?? '' })
    assert.deepEqual([answer.status, answer.body.sku], [200, skus[i]])
  }
})

test('a shelf has room for a thousand million pieces, and says so when it is full (CAT-11)', async () => {
  const sand = await shop.sellOne(999_999_999)
  assert.equal((await post(`/admin/variants/${sand}/stock`, { delta: 1, reason: 'one more grain' })).status, 201)
  assert.deepEqual(codeOf(await post(`/admin/variants/${sand}/stock`, { delta: 1, reason: 'and one' })), [
    409,
    'shelf-full',
  ])
})

test('stock is corrected with a reason, never below what is reserved (CAT-11)', async () => {
  const rose = await shop.sellOne(5)
  await shop.shop.hold({ order_id: newId(), wants: [{ variant_id: rose, quantity: 3 }], expires_at: shop.now() })
  const broken = await post(`/admin/variants/${rose}/stock`, { delta: -2, reason: 'broken stems' })
  assert.deepEqual(
    [broken.status, broken.body.on_hand, broken.body.reserved, broken.body.stock_quantity],
    [201, 3, 3, 0],
  )
  assert.deepEqual(codeOf(await post(`/admin/variants/${rose}/stock`, { delta: -1, reason: 'one more' })), [
    409,
    'pieces-are-reserved',
  ])
  assert.deepEqual(codeOf(await post(`/admin/variants/${rose}/stock`, { delta: 0, reason: 'nothing' })), [
    400,
    'changes-nothing',
  ])
  assert.equal((await post(`/admin/variants/${newId()}/stock`, { delta: 1, reason: 'x' })).status, 404)
  const { body } = await shop.ask(`/admin/variants/${rose}/movements?page_size=1`)
  assert.deepEqual([body.items[0].reason, body.items[0].delta, body.total], ['broken stems', -2, 2])
  const { body: next } = await shop.ask(`/admin/variants/${rose}/movements?page_size=1&cursor=${body.next_cursor}`)
  assert.deepEqual([next.items[0].kind, next.next_cursor], ['opening', null])
})

test('many corrections at once all count (CAT-11)', async () => {
  const rose = await shop.sellOne(0)
  await crowd(40, () => post(`/admin/variants/${rose}/stock`, { delta: 1, reason: 'delivery' }))
  const { body } = await post(`/admin/variants/${rose}/stock`, { delta: 1, reason: 'delivery' })
  assert.equal(body.on_hand, 41)
})

test('what was ordered is archived and not deleted; what never was can go (CAT-11)', async () => {
  const sold = await shop.sell()
  const [variant] = sold.variants
  await shop.shop.hold({ order_id: newId(), wants: [{ flower_id: sold.id, quantity: 1 }], expires_at: shop.now() })
  assert.deepEqual(codeOf(await remove(`/admin/products/${sold.id}`)), [409, 'ordered-before'])
  assert.deepEqual(codeOf(await remove(`/admin/variants/${variant?.id}`)), [409, 'ordered-before'])
  const archived = await patch(`/admin/products/${sold.id}`, { is_archived: true })
  assert.deepEqual([archived.body.is_active, archived.body.archived_at !== null], [false, true])
  assert.deepEqual(codeOf(await patch(`/admin/products/${sold.id}`, { is_active: true })), [409, 'archived'])
  assert.deepEqual(codeOf(await patch(`/admin/products/${sold.id}`, { is_archived: false, is_active: true })), [
    409,
    'nothing-to-sell',
  ])
  await patch(`/admin/variants/${variant?.id}`, { is_active: true })
  assert.equal((await patch(`/admin/products/${sold.id}`, { is_archived: false, is_active: true })).status, 200)
  assert.equal((await shop.ask(`/catalog/products/${sold.id}`)).status, 200)

  const slip = await shop.sell()
  assert.equal((await remove(`/admin/products/${slip.id}`)).status, 204)
  assert.equal((await shop.ask(`/admin/products/${slip.id}`)).status, 404)
})

test('categories form a tree without loops, and only empty ones go (CAT-1, CAT-11)', async () => {
  const add = async (slug: string, parent_id: string | null = null) =>
    (await post('/admin/categories', { name: slug, slug, parent_id })).body.id
  const root = await add('root')
  const child = await add('child', root)
  const leaf = await add('leaf', child)
  assert.deepEqual(codeOf(await patch(`/admin/categories/${root}`, { parent_id: leaf })), [409, 'below-itself'])
  assert.deepEqual(codeOf(await patch(`/admin/categories/${root}`, { parent_id: root })), [409, 'below-itself'])
  assert.deepEqual(codeOf(await post('/admin/categories', { name: 'again', slug: 'leaf' })), [409, 'slug-taken'])
  assert.deepEqual(codeOf(await remove(`/admin/categories/${child}`)), [409, 'not-empty'])
  let below = leaf
  for (let depth = 4; depth <= 8; depth++) below = await add(`level-${depth}`, below)
  assert.deepEqual(codeOf(await post('/admin/categories', { name: 'abyss', parent_id: below })), [409, 'too-deep'])
  const swaps = await crowd(2, async (i) => {
    const [one, other] = i ? [await add(`a${i}`), await add(`b${i}`)] : [await add('a0'), await add('b0')]
    const moves = await Promise.all([
      patch(`/admin/categories/${one}`, { parent_id: other }),
      patch(`/admin/categories/${other}`, { parent_id: one }),
    ])
    return moves.map(({ status }) => status).toSorted((one, other) => one - other)
  })
  for (const swap of swaps) assert.deepEqual(swap.status === 'fulfilled' && swap.value, [200, 409])
  const { body } = await shop.ask('/catalog/categories?page_size=2')
  assert.deepEqual([body.items.length, body.next_cursor !== null], [2, true])
})

test('attributes and types are data of the merchant (CAT-3, CAT-7, CAT-11)', async () => {
  const glaze = {
    code: 'glaze',
    name: { ru: 'Глазурь', en: 'Glaze' },
    kind: 'enum',
    ui_hint: 'swatch',
    is_filter: true,
    values: [
      { code: 'blue', name: 'Blue', color: '#3355aa' },
      { code: 'ash', name: 'Ash' },
    ],
  }
  assert.equal((await post('/admin/attributes', glaze)).status, 201)
  assert.deepEqual(codeOf(await post('/admin/attributes', glaze)), [409, 'code-taken'])
  assert.deepEqual(codeOf(await post('/admin/attributes', { code: 'x', name: 'X', kind: 'enum' })), [
    400,
    'values-missing',
  ])
  assert.deepEqual(
    codeOf(await post('/admin/attributes', { code: 'x', name: 'X', kind: 'bool', values: glaze.values })),
    [400, 'values-only-for-enums'],
  )
  const cup = { code: 'cup', plural: 'cups', name: { ru: 'Чашка', en: 'Cup' }, attributes: ['glaze'] }
  assert.equal((await post('/admin/types', cup)).status, 201)
  assert.deepEqual(codeOf(await post('/admin/types', { ...cup, code: 'mug' })), [409, 'plural-taken'])
  assert.deepEqual(codeOf(await post('/admin/types', { ...cup, code: 'mug', plural: 'reviews' })), [
    409,
    'plural-reserved',
  ])
  assert.deepEqual(codeOf(await post('/admin/types', { ...cup, code: 'mug', plural: 'mugs', attributes: ['steam'] })), [
    400,
    'unknown-attribute',
  ])
  const sold = await post('/catalog/cups', { name: 'Blue cup', price: 5000, stock_quantity: 2, glaze: 'blue' })
  assert.equal(sold.status, 201)
  assert.equal((await shop.ask(`/catalog/cups/${sold.body.id}`)).body.glaze, 'blue')
  assert.deepEqual(codeOf(await patch('/admin/attributes/glaze', { values: [{ code: 'ash', name: 'Ash' }] })), [
    409,
    'in-use',
  ])
  assert.equal((await patch('/admin/attributes/glaze', { values: [{ code: 'blue', name: 'Blue' }] })).status, 200)
  assert.deepEqual(codeOf(await remove('/admin/attributes/glaze')), [409, 'in-use'])
  assert.deepEqual(codeOf(await remove('/admin/types/cup')), [409, 'in-use'])
  const { body } = await shop.ask('/catalog/types?page_size=100', { locale: 'ru' })
  assert.deepEqual(
    body.items.find((each: { code: string }) => each.code === 'cup'),
    { ...cup, name: 'Чашка' },
  )
})

test('a tea tells how to brew it (CAT-4)', async () => {
  const { body: product } = await post('/admin/products', tea({ name: 'Shui Xian' }))
  const path = `/admin/products/${product.id}/brew-profiles`
  const gongfu = {
    method: 'gongfu',
    vessel: { ru: 'Гайвань 100 мл', en: 'Gaiwan 100 ml' },
    leaf_grams: 7.5,
    water_ml: 100,
    temperature_c: 95,
    steep_seconds: [10, 15, 20],
    note: 'Rinse first',
  }
  const added = await post(path, gongfu)
  assert.equal(added.status, 201, JSON.stringify(added.body))
  assert.deepEqual(codeOf(await post(path, gongfu)), [409, 'method-taken'])
  assert.equal((await post(path, { ...gongfu, method: 'cup', temperature_c: 101 })).status, 400)
  assert.equal(
    (await shop.ask(`${path}/${added.body.id}`, { method: 'PUT', body: { ...gongfu, temperature_c: 98 } })).status,
    200,
  )
  const [shown] = (await shop.ask(`/catalog/products/${product.id}`, { locale: 'en' })).body.brew_profiles
  assert.deepEqual(
    [shown.vessel, shown.temperature_c, shown.steep_seconds, shown.leaf_grams],
    ['Gaiwan 100 ml', 98, [10, 15, 20], 7.5],
  )
  assert.equal((await shop.ask(path)).body.total, 1)
  assert.equal((await remove(`${path}/${added.body.id}`)).status, 204)
  assert.equal((await remove(`${path}/${added.body.id}`)).status, 404)
})

test('staff find every product, sold or not (CAT-11)', async () => {
  const { id, slug } = await shop.sell({ name: 'Unsold 100% orchid', is_active: false })
  assert.equal(slug, 'unsold-100-orchid')
  const names = async (query: string) =>
    (await shop.ask(`/admin/products?${query}`)).body.items.map((each: { id: string }) => each.id)
  assert.deepEqual(await names('search=100%25'), [id])
  assert.deepEqual(await names('search=UNSOLD&is_active=true'), [])
  assert.equal((await names('page_size=100&type=flower')).includes(id), true)
  assert.equal(
    (await shop.ask('/admin/bundles')).body.items.every((each: { variants: { kind: string }[] }) =>
      each.variants.some(({ kind }) => kind === 'bundle'),
    ),
    true,
  )
})

test('an Idempotency-Key makes a correction count once (rule 8)', async () => {
  const rose = await shop.sellOne(5)
  const key = { 'idempotency-key': 'correction-of-2026-11-21' }
  const [one, other] = [
    await post(`/admin/variants/${rose}/stock`, { delta: 3, reason: 'x' }, key),
    await post(`/admin/variants/${rose}/stock`, { delta: 3, reason: 'x' }, key),
  ]
  assert.deepEqual(one.body, other.body)
  assert.equal(one.body.on_hand, 8)
  assert.equal(other.headers['idempotent-replay'], 'true')
})
