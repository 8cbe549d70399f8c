import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type, type TSchema } from 'typebox'
import { named, Nullable } from '#platform/schema'
import { takeComponents } from './components.ts'

type Schema = Readonly<{ properties?: Readonly<Record<string, Schema>>; items?: Schema; anyOf?: readonly Schema[] }> &
  Readonly<Record<string, unknown>>
const mediaOf = (schema: TSchema): { schema: Schema } => ({ schema: schema as unknown as Schema })

const operationOf = (response: TSchema, body?: TSchema) => ({
  ...(body && { requestBody: { content: { 'application/json': mediaOf(body) } } }),
  responses: { 200: { content: { 'application/json': mediaOf(response) } } },
})
const Leaf = named('Leaf', Type.Object({ grams: Type.Integer() }))
const Tea = named('Tea', Type.Object({ leaf: Leaf, gift: Nullable(Leaf) }))

test('a named schema becomes a component, and every place refers to it (rule 12, F-52)', () => {
  const operation = operationOf(Type.Object({ items: Type.Array(Tea) }), Leaf)
  const components = takeComponents([operation])
  assert.deepEqual(Object.keys(components), ['Leaf', 'Tea'])
  const leaf = { $ref: '#/components/schemas/Leaf' }
  assert.deepEqual(operation.requestBody?.content['application/json'].schema, leaf)
  const list = operation.responses[200].content['application/json'].schema.properties?.['items']
  assert.deepEqual(list?.items, { $ref: '#/components/schemas/Tea' })
  const { properties } = components['Tea'] as Schema
  assert.deepEqual([properties?.['leaf'], properties?.['gift']?.anyOf?.[0]], [leaf, leaf])
})

test('two schemas of different shape with one name stop the document (rule 12, F-52)', () => {
  const other = named('Leaf', Type.Object({ grams: Type.Number() }))
  assert.throws(() => takeComponents([operationOf(Tea), operationOf(other)]), /Two different schemas are named "Leaf"/)
})

test('one schema with and without its examples is one component (rule 12, F-52)', () => {
  const components = takeComponents([operationOf(Leaf), operationOf({ ...Leaf, examples: [{ grams: 5 }] })])
  assert.deepEqual(components['Leaf']?.['examples'], [{ grams: 5 }])
})

test('titles of other forms and data that looks like a schema are left alone (rule 12, F-52)', () => {
  const example = { title: 'Lily', type: 'bouquet' }
  const operation = operationOf(Type.Object({ title: Type.String() }, { title: 'a tea', examples: [example] }))
  assert.deepEqual(takeComponents([operation]), {})
  assert.deepEqual(operation.responses[200].content['application/json'].schema['examples'], [example])
})
