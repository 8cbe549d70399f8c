import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { expectProblem, expectResponse, statementsOf } from '#platform/testing'
import { type CatalogTest, openCatalogTest } from '../../testing.ts'
import { Suggestions } from '../schema.ts'

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
  const category = { name: { ru: 'Тюльпаны и ирисы', en: 'Tulips and irises' }, slug: 'tulips' }
  expectResponse(await catalog.asStaff('POST /admin/categories', category), 201)
  await catalog.addProduct({ name: { ru: 'Тюльпан жёлтый', en: 'Yellow tulip' }, slug: 'yellow-tulip' })
  await catalog.addProduct({
    name: { ru: 'Ваза', en: 'Vase' },
    description: { ru: 'Для тюльпанов.', en: 'For tulips.' },
    slug: 'vase',
  })
  await catalog.addProduct({ name: { ru: 'Тюльпан тайный', en: 'Secret tulip' }, is_active: false })
})
after(() => catalog.close())

const suggest = async (search: string, { locale = 'ru', limit = 6 } = {}) =>
  expectResponse(
    await catalog.read(`/catalog/suggestions?search=${encodeURIComponent(search)}&limit=${limit}`, locale),
    200,
    Suggestions,
  )

const slugsFor = async (search: string) => (await suggest(search)).products.map(({ slug }) => slug)

test('half-typed words suggest products, the best match first, and never an inactive one (CAT-8)', async () => {
  assert.deepEqual(await slugsFor('тюль'), ['yellow-tulip', 'vase'])
  assert.deepEqual(await slugsFor('ЖЁЛТЫЙ тюл'), ['yellow-tulip'])
  assert.deepEqual(await slugsFor('тайн'), [])
  assert.deepEqual(
    (await suggest('tuli', { locale: 'en', limit: 1 })).products.map(({ name }) => name),
    ['Yellow tulip'],
  )
})

test('half-typed words suggest categories in the language of the reader (CAT-8)', async () => {
  assert.deepEqual((await suggest('ири тюл')).categories, [{ slug: 'tulips', name: 'Тюльпаны и ирисы' }])
  assert.deepEqual((await suggest('iris', { locale: 'en' })).categories, [
    { slug: 'tulips', name: 'Tulips and irises' },
  ])
  assert.deepEqual((await suggest('ваза')).categories, [])
})

test('a misspelled word suggests the word that the buyer may mean (CAT-8)', async () => {
  assert.equal((await suggest('тюльппан')).did_you_mean, 'тюльпан')
  assert.equal((await suggest('тюльпан')).did_you_mean, null)
  assert.deepEqual(await suggest('!!'), { products: [], categories: [], did_you_mean: null })
})

test('a search that is no text is refused (rule 6)', async () => {
  expectProblem(await catalog.read('/catalog/suggestions'), 400, 'validation-failed')
  expectProblem(await catalog.read('/catalog/suggestions?search='), 400, 'validation-failed')
  expectProblem(await catalog.read('/catalog/suggestions?search=a&limit=21'), 400, 'validation-failed')
})

test('suggestions take one statement, another for cards, and none when they are cached (PERF-5)', async () => {
  const count = async (search: string) =>
    (await statementsOf(async () => void (await suggest(search)))).filter(({ text }) => text !== 'select').length
  await suggest('тюльпа')
  assert.equal(await count('тюльп'), 1, 'the cards are cached')
  assert.equal(await count('ТЮЛЬП'), 0)
})

test('a new product is suggested at once (CAT-10)', async () => {
  assert.deepEqual(await slugsFor('пион'), [])
  const { id } = await catalog.addProduct({ name: { ru: 'Пион', en: 'Peony' }, slug: 'peony' })
  assert.deepEqual(await slugsFor('пион'), ['peony'])
  expectResponse(await catalog.asStaff(`DELETE /admin/products/${id}`), 204)
  assert.deepEqual(await slugsFor('пион'), [])
})
