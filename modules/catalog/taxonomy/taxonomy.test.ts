import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { crowd, expectProblem, expectResponse } from '#platform/testing'
import { Page } from '#platform/schema'
import { newId } from '#platform/values'
import { FlatAdminProduct } from '../products/schema.ts'
import { type CatalogTest, openCatalogTest } from '../testing.ts'
import { AdminAttribute, AdminCategory, AdminProductType, AdminTag, Category, ProductType } from './schema.ts'

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
})
after(() => catalog.close())

const create = (kind: string, body: object) => catalog.asStaff(`POST /admin/${kind}`, body)
const changeCategory = (id: string, body: object) => catalog.asStaff(`PATCH /admin/categories/${id}`, body)

const addCategory = async (slug: string, parent_id: string | null = null) =>
  expectResponse(await create('categories', { name: slug, slug, parent_id }), 201, AdminCategory).id

test('categories form a tree without cycles, and only an empty one can be deleted (CAT-1, CAT-11)', async () => {
  const root = await addCategory('root')
  const child = await addCategory('child', root)
  const leaf = await addCategory('leaf', child)
  expectProblem(await changeCategory(root, { parent_id: leaf }), 409, 'below-itself')
  expectProblem(await changeCategory(root, { parent_id: root }), 409, 'below-itself')
  expectProblem(await changeCategory(leaf, { parent_id: newId() }), 400, 'unknown-category')
  expectProblem(await changeCategory(newId(), { slug: 'x' }), 404, 'not-found')
  expectProblem(await create('categories', { name: 'again', slug: 'leaf' }), 409, 'slug-taken')
  expectProblem(await catalog.asStaff(`DELETE /admin/categories/${child}`), 409, 'not-empty')
  expectResponse(await catalog.asStaff(`DELETE /admin/categories/${leaf}`), 204)
  expectProblem(await catalog.asStaff(`DELETE /admin/categories/${leaf}`), 404, 'not-found')
})

test('categories nest eight levels; a refused one leaves nothing behind (CAT-1)', async () => {
  let below = await addCategory('level-1')
  for (let level = 2; level <= 8; level++) below = await addCategory(`level-${level}`, below)
  expectProblem(await create('categories', { name: 'nine', slug: 'level-9', parent_id: below }), 409, 'too-deep')
  const { items } = expectResponse(
    await catalog.asStaff('GET /admin/categories?page_size=100'),
    200,
    Page(AdminCategory),
  )
  assert.equal(
    items.some(({ slug }) => slug === 'level-9'),
    false,
  )
})

test('two categories that are moved below each other at once do not form a cycle (CAT-1)', async () => {
  const swaps = await crowd(2, async (i) => {
    const [one, other] = [await addCategory(`one-${i}`), await addCategory(`other-${i}`)]
    const moves = await Promise.all([
      changeCategory(one, { parent_id: other }),
      changeCategory(other, { parent_id: one }),
    ])
    return moves.map(({ status }) => status).toSorted((one, other) => one - other)
  })
  for (const swap of swaps) assert.deepEqual(swap.status === 'fulfilled' && swap.value, [200, 409])
  const page = expectResponse(await catalog.read('/catalog/categories?page_size=2'), 200, Page(Category))
  assert.deepEqual([page.items.length, page.next_cursor !== null], [2, true])
})

test('concurrent requests with one id create one tag and one category, and all return it (CAT-11)', async () => {
  for (let round = 0; round < 10; round++) {
    const input = { id: newId(), name: `Spring ${round}` }
    for (const kind of ['tags', 'categories'])
      for (const result of await crowd(5, () => create(kind, input)))
        expectResponse(result.status === 'fulfilled' ? result.value : assert.fail(String(result.reason)), 201)
  }
})

test('a tag is created once by id, changed and deleted (CAT-11)', async () => {
  const spring = { id: newId(), name: { ru: 'Весна', en: 'Spring' }, slug: 'spring' }
  const created = expectResponse(await create('tags', spring), 201, AdminTag)
  assert.deepEqual(expectResponse(await create('tags', spring), 201, AdminTag), created)
  expectProblem(await create('tags', { ...spring, name: 'Summer' }), 409, 'id-taken')
  expectProblem(await create('tags', { name: 'Another', slug: 'spring' }), 409, 'slug-taken')
  const path = `/admin/tags/${spring.id}` as const
  const changed = expectResponse(await catalog.asStaff(`PATCH ${path}`, { slug: 'in-spring' }), 200, AdminTag)
  assert.deepEqual(changed, { ...spring, slug: 'in-spring' })
  expectResponse(await catalog.asStaff(`DELETE ${path}`), 204)
  expectProblem(await catalog.asStaff(`DELETE ${path}`), 404, 'not-found')
})

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
const cup = { code: 'cup', plural: 'cups', name: { ru: 'Чашка', en: 'Cup' }, attributes: ['glaze'] }

test('the merchant adds attributes and types and sells products of them (CAT-3, CAT-7, CAT-11)', async () => {
  expectResponse(await create('attributes', glaze), 201, AdminAttribute)
  expectProblem(await create('attributes', glaze), 409, 'code-taken')
  const added = expectResponse(await create('types', cup), 201, AdminProductType)
  assert.deepEqual(added, cup)
  expectProblem(await create('types', { ...cup, code: 'mug' }), 409, 'plural-taken')
  expectProblem(await create('types', { ...cup, code: 'mug', plural: 'reviews' }), 409, 'plural-reserved')
  const unknown = { ...cup, code: 'mug', plural: 'mugs', attributes: ['glaze', 'steam'] }
  assert.equal(expectProblem(await create('types', unknown), 400, 'unknown-attribute')['attribute'], 'steam')
  const steamCup = await catalog.asStaff('PATCH /admin/types/cup', { attributes: ['steam'] })
  assert.equal(expectProblem(steamCup, 400, 'unknown-attribute')['attribute'], 'steam')

  const blueCup = { name: 'Blue cup', price: 5000, stock_quantity: 2, glaze: 'blue' }
  const { id } = expectResponse(await catalog.asStaff('POST /catalog/cups', blueCup), 201, FlatAdminProduct)
  const page = expectResponse(await catalog.read(`/catalog/cups/${id}`), 200) as { glaze?: string }
  assert.equal(page.glaze, 'blue')
  const { items } = expectResponse(await catalog.read('/catalog/types?page_size=100', 'ru'), 200, Page(ProductType))
  assert.deepEqual(
    items.find(({ code }) => code === 'cup'),
    { ...cup, name: 'Чашка' },
  )
})

test('a term that products use cannot be deleted (CAT-11)', async () => {
  const changeGlaze = (values: object[]) => catalog.asStaff('PATCH /admin/attributes/glaze', { values })
  expectProblem(await changeGlaze([{ code: 'ash', name: 'Ash' }]), 409, 'in-use')
  expectResponse(await changeGlaze([{ code: 'blue', name: 'Blue' }]), 200, AdminAttribute)
  expectProblem(await catalog.asStaff('DELETE /admin/attributes/glaze'), 409, 'in-use')
  expectProblem(await catalog.asStaff('DELETE /admin/types/cup'), 409, 'in-use')
})

test('only an enum has a list of values, and names each value once (CAT-3)', async () => {
  const attribute = (kind: string, values?: object[]) => ({ code: 'x', name: 'X', kind, ...(values && { values }) })
  expectProblem(await create('attributes', attribute('enum')), 400, 'values-missing')
  expectProblem(await create('attributes', attribute('bool', glaze.values)), 400, 'values-only-for-enums')
  const [blue = {}] = glaze.values
  expectProblem(await create('attributes', attribute('enum', [blue, blue])), 400, 'value-twice')
})
