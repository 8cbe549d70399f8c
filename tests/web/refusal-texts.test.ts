import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { reasonOf, wrongFieldsOf } from '../../web/storefront/api/reason-of.ts'
import { Failure } from '../../web/storefront/api/failure.ts'
import { en } from '../../web/storefront/text/en.ts'
import { ru } from '../../web/storefront/text/ru.ts'

const root = join(import.meta.dirname, '../..')

/** Mistakes of a program, which no reader can correct; the pages say that it did not work. */
const mistakesOfPrograms = new Set([
  'attribute-twice',
  'bad-cursor',
  'bad-idempotency-key',
  'body-too-large',
  'empty-body',
  'guessable-idempotency-key',
  'headers-too-large',
  'id-taken',
  'idempotency-in-progress',
  'idempotency-mismatch',
  'invalid-refresh-token',
  'malformed-body',
  'malformed-request',
  'malformed-url',
  'method-not-allowed',
  'no-such-route',
  'offset-too-deep',
  'pickup-point-not-used',
  'request-timeout',
  'too-many-attributes',
  'too-many-ranges',
  'too-many-values',
  'unencoded-url',
  'unexpected-body',
  'unknown-attribute',
  'unknown-timezone',
  'unsupported-media-type',
  'url-too-long',
])

type Node = Readonly<Record<string, unknown>>
const document = parse(readFileSync(join(root, 'docs/openapi.yaml'), 'utf8')) as Node
const at = (from: unknown, path: readonly string[]) =>
  path.reduce<unknown>((node, name) => (node as Node | undefined)?.[name], from)
const resolved = (node: unknown): Node => {
  const ref = at(node, ['$ref'])
  return typeof ref === 'string' ? resolved(at(document, ref.slice(2).split('/'))) : ((node ?? {}) as Node)
}

/** The codes of a problem's schema. */
function codesIn(schema: unknown): readonly string[] {
  const { oneOf, allOf, properties } = resolved(schema)
  const parts = [...((oneOf as unknown[] | undefined) ?? []), ...((allOf as unknown[] | undefined) ?? [])]
  return [...parts.flatMap(codesIn), ...((at(properties, ['code', 'enum']) as string[] | undefined) ?? [])]
}

/** The codes of all problems of the requests that the pages send. */
function codesOfPages(): ReadonlySet<string> {
  const sources = globSync('web/storefront/**/*.{ts,tsx}', { cwd: root })
  const calls = sources.flatMap((file) =>
    Array.from(readFileSync(join(root, file), 'utf8').matchAll(/\.(GET|POST|PUT|PATCH|DELETE)\(\s*'([^']+)'/g)),
  )
  assert.ok(calls.length > 40, `${calls.length} calls`)
  const codes = calls.flatMap(([, method = '', path = '']) => {
    const responses = at(document, ['paths', path, method.toLowerCase(), 'responses'])
    assert.ok(responses, `${method} ${path} is in the document`)
    return Object.values(responses as Node).flatMap((response) =>
      codesIn(at(resolved(response), ['content', 'application/problem+json', 'schema'])),
    )
  })
  return new Set(codes)
}

test('the pages have their own words for every refusal of the requests that they send (WEB-1)', () => {
  const codes = codesOfPages()
  for (const { refusals } of [ru, en]) {
    // These have a sentence with a number.
    const worded = new Set([...Object.keys(refusals.codes), 'too-many-attempts', 'too-many-unpaid-pieces'])
    assert.deepEqual([...codes].filter((code) => !worded.has(code) && !mistakesOfPrograms.has(code)).toSorted(), [])
  }
  assert.deepEqual(Object.keys(ru.refusals.codes), Object.keys(en.refusals.codes))
  assert.deepEqual(Object.keys(ru.refusals.fields), Object.keys(en.refusals.fields))
})

test('no sentence and no field path of the API reaches a page (WEB-1)', () => {
  const issues = [{ pointer: '/body/new_password', detail: 'is shorter than 8' }]
  const problem = { code: 'of-the-future', detail: 'The body does not match ^[a-z]$', errors: issues }
  const failure = new Failure(400, problem)
  assert.equal(reasonOf(failure, ru), ru.refusals.otherwise)
  assert.deepEqual(wrongFieldsOf(issues, ru), { new_password: 'Нужно от 8 до 128 знаков' })
  assert.deepEqual(wrongFieldsOf([{ pointer: '/body/x/y', detail: 'must be integer' }], en), {
    'x/y': 'Check this field',
  })
  const limited = (retry_after: number) => new Failure(429, { code: 'too-many-attempts', retry_after })
  assert.equal(reasonOf(limited(1150), en), 'Too many attempts. Try again in 20 min.')
  const unpaid = new Failure(409, { code: 'too-many-unpaid-pieces', maximum: 20 })
  assert.match(reasonOf(unpaid, en), /^Unpaid orders take at most 20 of one item\. /)
  assert.equal(reasonOf(limited(12), ru), 'Слишком много попыток. Попробуйте через 12 с.')
})
