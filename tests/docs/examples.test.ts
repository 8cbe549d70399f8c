import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import ajvFormats from 'ajv-formats'
import { document, operations, type Media } from './openapi.ts'

const ajv = new Ajv2020({ strict: false, allErrors: true })
;(ajvFormats as unknown as (ajv: Ajv2020) => void)(ajv)
ajv.addSchema(document, 'openapi')

/** The errors of an example against the schema at a JSON pointer of the document; undefined when it fits. */
function errorOf(pointer: string, example: unknown): string | undefined {
  const fits = ajv.compile({ $ref: `openapi#${pointer}` })
  return fits(example) ? undefined : `${pointer}: ${ajv.errorsText(fits.errors)}`
}

/** Every example of the document with the pointer to its schema: of bodies, of responses, and inside schemas. */
function examplesIn(node: unknown, pointer = ''): (readonly [pointer: string, example: unknown])[] {
  if (typeof node !== 'object' || node === null) return []
  const { schema, example, examples } = node as Media
  const ofMedia = schema ? [example, ...Object.values(examples ?? {}).map(({ value }) => value)] : []
  const found = ofMedia.filter((each) => each !== undefined).map((each) => [`${pointer}/schema`, each] as const)
  const ofSchema = !schema && Array.isArray(examples) ? examples.map((each) => [pointer, each] as const) : []
  const inside = Object.entries(node)
    .filter(([name]) => name !== 'example' && name !== 'examples')
    .flatMap(([name, child]) => examplesIn(child, `${pointer}/${escaped(name)}`))
  return [...found, ...ofSchema, ...inside]
}

const escaped = (name: string) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))

test('every example fits its schema (rule 12)', () => {
  const examples = examplesIn(document)
  assert.ok(examples.length >= 15, `only ${examples.length} examples`)
  assert.deepEqual(
    examples.map(([pointer, example]) => errorOf(pointer, example)).filter((error) => error !== undefined),
    [],
  )
})

test('every step of a purchase has examples, and so has a refusal (rule 12)', () => {
  const shown = (content: Readonly<Record<string, Media>> | undefined) =>
    Object.values(content ?? {}).some(({ example, examples }) => example !== undefined || examples !== undefined)
  const steps = [
    ['post', '/api/v1/auth/register', '201'],
    ['post', '/api/v1/auth/login', '200'],
    ['get', '/api/v1/catalog/products', '200'],
    ['post', '/api/v1/cart/items', '200'],
    ['post', '/api/v1/orders', '201'],
    ['post', '/api/v1/payments/process', '200'],
    ['get', '/api/v1/delivery/track/{token}', '200'],
  ] as const
  for (const [method, path, status] of steps) {
    const step = operations.find((each) => each.method === method && each.path === path)
    assert.ok(shown(step?.responses[status]?.content), `${path} has an example of its response`)
    assert.ok(!step?.body || shown(step.body.content), `${path} has an example of its body`)
  }
  const order = operations.find(({ method, path }) => method === 'post' && path === '/api/v1/orders')
  assert.deepEqual(Object.keys(order?.body?.content?.['application/json']?.examples ?? {}), ['courier', 'pickup'])
  assert.ok(Array.isArray(document.components.schemas['Problem']?.['examples']), 'Problem has an example')
})
