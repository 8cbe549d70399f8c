import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { expectProblem, expectResponse, statementsOf } from '#platform/testing'
import { newId } from '#platform/values'
import { type CatalogTest, openCatalogTest } from '../../testing.ts'
import { ProductList } from '../schema.ts'

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
})
after(() => catalog.close())

const list = async (query: string) => expectResponse(await catalog.read(`/catalog/products?${query}`), 200, ProductList)

test('a filter by too many values, or by an attribute that does not exist or is named twice, is refused (SEC-1, CAT-6)', async () => {
  const listOf = (count: number, each: (i: number) => string) => Array.from({ length: count }, (_, i) => each(i)).join()
  const refused: Readonly<Record<string, readonly [code: string, members: object]>> = {
    'attr.nothing=1..2': ['unknown-attribute', { attribute: 'nothing' }],
    'attr=flower_type:rose&attr=flower_type:tulip': ['attribute-twice', { attribute: 'flower_type' }],
    'attr=height:..40&attr.height=20..': ['attribute-twice', { attribute: 'height' }],
    [`attr=height:${listOf(7, (i) => `${i}..9`)}`]: ['too-many-ranges', { maximum: 6 }],
    'attr.height=1..,2..,3..,4..&attr.taste=..1,..2,..3': ['too-many-ranges', { maximum: 6 }],
    [`attr.height=${listOf(21, String)}`]: ['too-many-values', { parameter: 'attr.height', maximum: 20 }],
    [`category=${listOf(21, String)}`]: ['too-many-values', { parameter: 'category', maximum: 20 }],
    [`tag=${listOf(11, String)}&tag=${listOf(10, String)}`]: ['too-many-values', { parameter: 'tag', maximum: 20 }],
    [Array.from({ length: 7 }, (_, i) => `attr.a${i}=1`).join('&')]: ['too-many-attributes', { maximum: 6 }],
  }
  for (const [query, [code, members]] of Object.entries(refused)) {
    for (const path of ['products', 'flowers'] as const) {
      const problem = expectProblem(await catalog.read(`/catalog/${path}?${query}`), 400, code)
      assert.deepEqual({ ...problem, ...members }, problem, query)
    }
  }
  const { detail } = expectProblem(
    await catalog.read('/catalog/products?attr.nothing=1', 'ru'),
    400,
    'unknown-attribute',
  )
  assert.equal(detail, 'Такого свойства нет.')
  const most = [`attr.height=${listOf(14, String)},${listOf(6, (i) => `${i}..9`)}`, `tag=${listOf(20, String)}`]
  for (const query of most) await list(query)
})

test('a new attribute may be filtered by at once (SEC-1, CAT-10)', async () => {
  expectProblem(await catalog.read('/catalog/products?attr.scent=1'), 400, 'unknown-attribute')
  const attribute = { code: 'scent', name: 'Scent', kind: 'number', is_filter: true }
  expectResponse(await catalog.asStaff('POST /admin/attributes', attribute), 201)
  assert.deepEqual((await list('attr.scent=1')).items, [])
})

test('the ids of categories and tags make one text of a statement, however many they are (SEC-1, CAT-6)', async () => {
  const textsOf = async (count: number) => {
    const query = Array.from({ length: count }, () => `category=${newId()}&tag=${newId()}`).join('&')
    const statements = await statementsOf(async () => void (await list(query)))
    return new Set(statements.map(({ text }) => text).filter((text) => /categories|tags/.test(text)))
  }
  const few = await textsOf(1)
  assert.equal(few.size, 2)
  assert.deepEqual(await textsOf(20), few)
})
