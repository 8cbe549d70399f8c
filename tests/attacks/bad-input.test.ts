import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { Type } from 'typebox'
import { IdParams } from '#platform/schema'
import { expectProblem, expectResponse } from '#platform/testing'
import { openShop, staff, type Shop } from '../e2e/open-shop.ts'
import { firstOf } from '../e2e/purchase-steps.ts'
import { operationsOf, parametersIn, type Operation } from './api-document.ts'
import { customerWithEverything, type Belongings } from './belongings.ts'
import { checksums, whenQuiet } from './checksums.ts'
import { invalidVariantsOf } from './fuzz/invalid-variants.ts'
import { pathWith, unknownId, validRequest, type RequestText } from './valid-request.ts'

let shop: Shop
let anna: Belongings
let operations: readonly Operation[]
let writes: readonly Operation[]
let withBody: readonly Operation[]
let initial: Record<string, string>
before(async () => {
  shop = await openShop()
  anna = await customerWithEverything(shop, 'Anna')
  operations = await operationsOf(shop.address)
  writes = operations.filter(({ method }) => method !== 'GET')
  withBody = operations.filter(({ body }) => body !== undefined)
  initial = await whenQuiet(shop)
  assert.ok(operations.length > 80 && withBody.length > 30, 'the document names its routes')
})
afterEach(async () => {
  assert.deepEqual(await checksums(shop), initial, 'nothing changed')
})
after(async () => {
  assert.deepEqual(await whenQuiet(shop), initial, 'nothing changes later either')
  await shop.close()
})

/** The token of a caller who may use the operation. */
const tokenFor = ({ admits, ignoresToken }: Operation) =>
  ignoresToken || admits === 'anyone' ? undefined : admits === 'staff' ? staff : anna.as

type Request = RequestText & Readonly<{ type?: string; as?: string | undefined; method?: string }>

/** Sends a request that must be refused, asserts the problem document, and returns its status and code. */
async function refusal(operation: Operation, request: Request): Promise<string> {
  const { path, body, headers = {}, type = 'application/json', as = tokenFor(operation) } = request
  const method = request.method ?? operation.method
  const response = await fetch(`${shop.address}${path}`, {
    method,
    headers: {
      ...(as !== undefined && { authorization: as.includes(' ') ? as : `Bearer ${as}` }),
      ...(body !== undefined && type !== '' && { 'content-type': type }),
      ...headers,
    },
    ...(body !== undefined && { body: type === '' ? new Blob([body]) : body }),
  })
  const text = await response.text()
  const where = `${operation.name} answered ${response.status} ${text.slice(0, 300)}`
  assert.ok(response.status >= 400, where)
  assert.equal(response.headers.get('content-type')?.split(';', 1)[0], 'application/problem+json', where)
  const problem = JSON.parse(text) as { status: number; code: string; request_id: string }
  assert.deepEqual([problem.status, problem.request_id], [response.status, response.headers.get('x-request-id')], where)
  return `${response.status} ${problem.code}`
}

/** Runs `attack` on each operation, eight at once, and fails with all results that are not `expected`. */
async function each(
  attacked: readonly Operation[],
  expected: string,
  attack: (operation: Operation) => Promise<string>,
): Promise<void> {
  const wrong: string[] = []
  const queue = attacked.values()
  const attackNext = async () => {
    for (const operation of queue) {
      const received = await attack(operation)
      if (received !== expected) wrong.push(`${operation.name}: ${received}, not ${expected}`)
    }
  }
  await Promise.all(Array.from({ length: 8 }, attackNext))
  assert.deepEqual(wrong, [])
}

test('broken JSON is 400 in every route with a body (A21)', async () => {
  for (const body of ['{"a":', '{"a":1}}', "{'a':1}", '\u0000', '{"a":NaN}', '[1,]']) {
    await each(writes, '400 malformed-body', (one) => refusal(one, { ...validRequest(one), body }))
  }
})

test('an empty body is 400 in a route that requires one (rule 6)', async () => {
  const requiring = withBody.filter(({ name }) => !mayBeEmpty.has(name))
  await each(requiring, '400 empty-body', (one) => refusal(one, { ...validRequest(one), body: '' }))
  await each(requiring, '400 empty-body', (one) => refusal(one, { ...validRequest(one), body: undefined }))
})

/**
 * A delivery has no pickup code, a cancellation no reason, a refund of a return no smaller sum; a token to validate may be in a
 * header; an account without a password is deleted without one, and reverses a merge without one.
 */
const mayBeEmpty = new Set([
  'POST /api/v1/admin/order-returns/{id}/refund',
  'POST /api/v1/delivery/{id}/deliver',
  'POST /api/v1/orders/{id}/cancel',
  'POST /api/v1/orders/by-link/{token}/cancel',
  'DELETE /api/v1/auth/me',
  'POST /api/v1/auth/validate',
  'POST /api/v1/auth/merge/{id}/undo',
])

test('a body that is as large as the route allows is read and validated, and one more byte is 413 (A21)', async () => {
  const large = (size: number) => `{"x":"${'x'.repeat(size - 8)}"}`
  await each(withBody, '400 validation-failed', (one) =>
    refusal(one, { ...validRequest(one), body: large(bodyLimitOf(one)) }),
  )
  await each(writes, '413 body-too-large', (one) =>
    refusal(one, { ...validRequest(one), body: large(bodyLimitOf(one) + 1) }),
  )
})

/** Only staff may send more than 64 KiB, and only where a whole product or all goods of an order may need it. */
function bodyLimitOf({ name, body }: Operation): number {
  if (body === undefined) return 1024
  if (name.includes(' /api/v1/auth/') || name.includes('/internal/telegram-logins/')) return 16_384
  return ofStaffWithMuchText.test(name) ? 1_048_576 : 65_536
}

const ofStaffWithMuchText =
  /^(?:POST|PATCH) \/api\/v1\/(?:admin\/(?:products|attributes|bundles|variants)(?:\/\{\w+\})?|admin\/products\/\{id\}\/variants|admin\/returns\/\{id\}\/receive|catalog\/\{plural\})$/

test('a body that is not JSON is 415 (A17, A21)', async () => {
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/xml',
  ]) {
    const refusing = writes.filter(({ isUpload }) => !type.startsWith('multipart/') || !isUpload)
    await each(refusing, '415 unsupported-media-type', (one) =>
      refusal(one, { ...validRequest(one), body: 'a=b', type }),
    )
  }
  const uploads = writes.filter(({ isUpload }) => isUpload)
  await each(uploads, '400 malformed-multipart', (one) =>
    refusal(one, { ...validRequest(one), body: 'a=b', type: 'multipart/form-data; boundary=x' }),
  )
})

test('an unknown field or query parameter is 400 in every route (A5, rule 7)', async () => {
  const closed = withBody.filter(({ body }) => body?.additionalProperties === false)
  for (const field of ['role', 'price_paid', 'is_admin', '__proto__']) {
    const without = closed.filter(({ body }) => !Object.hasOwn(body?.properties ?? {}, field))
    await each(without, '400 validation-failed', (one) => {
      const { path, fields } = validRequest(one)
      const entries = [...Object.entries(fields as object), [field, 'admin'] as const]
      return refusal(one, { path, body: JSON.stringify(Object.fromEntries(entries)) })
    })
  }
  const api = operations.filter(({ path }) => path.startsWith('/api/v1/'))
  for (const query of ['surprise=1', '__proto__[x]=1', 'constructor=1']) {
    await each(api, '400 validation-failed', (one) => {
      const { path, body } = validRequest(one)
      return refusal(one, { path: `${path}?${query}`, body })
    })
  }
})

test('a field of the wrong type or out of its bounds is 400 (A7, A20)', async () => {
  await each(withBody, 'all 400', async (one) => {
    const { path, fields } = validRequest(one)
    const all = Array.from(invalidVariantsOf(one.body ?? {}, fields))
    const sample = all.filter((_variant, at) => at % Math.ceil(all.length / 40) === 0)
    const wrong: string[] = []
    for (const { change, text } of sample) {
      const received = await refusal(one, { path, body: text })
      if (!received.startsWith('400 ')) wrong.push(`${change}: ${received}`)
    }
    return wrong.join('; ') || 'all 400'
  })
  assert.equal(({} as { isAdmin?: boolean }).isAdmin, undefined)
})

test('a wrong token is 401 in every route that reads tokens, even if the route admits guests (A1)', async () => {
  const [head = '', claims = '', signature = ''] = anna.as.split('.')
  const unsigned = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')
  const wrong = {
    nonsense: 'nonsense',
    'of another scheme': 'Basic YW5uYTpwYXNz',
    'without a signature': `${head}.${claims}.`,
    'with the algorithm none': `${unsigned}.${claims}.`,
    'with another signature': `${head}.${claims}.${signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`,
    'a refresh token': anna.refresh_token,
    'too long': 'x'.repeat(9000),
    'one letter away from the staff token': `${staff.slice(0, -1)}x`,
  }
  const reading = operations.filter(({ ignoresToken }) => !ignoresToken)
  for (const as of Object.values(wrong)) {
    await each(reading, '401 unauthorized', (one) => refusal(one, { ...validRequest(one), as }))
  }
})

test('a closed route answers only 401 to a guest and 403 to a caller without the right (rule 6)', async () => {
  const closed = operations.filter(({ admits }) => admits !== 'anyone')
  await each(closed, '401 unauthorized', (one) => refusal(one, { ...validRequest(one), as: '', headers: withoutToken }))
  const closedToSome = closed.filter(({ admits }) => admits !== 'signed-in')
  await each(closedToSome, '403 forbidden', (one) =>
    refusal(one, { ...validRequest(one), as: one.admits === 'staff' ? anna.as : staff }),
  )
})

/** The header of a guest: `Bearer` with an empty token would be a wrong token. */
const withoutToken = { authorization: '' }

test('an unknown id is 404, and a malformed id is 400 (rule 6)', async () => {
  const byId = operations.filter((one) => parametersIn(one, 'path').some(({ schema }) => schema.format === 'uuid'))
  await each(
    byId.filter(({ name }) => !acceptsUnknownId.has(name)),
    '404 not-found',
    (one) => refusal(one, { path: pathWith(one, {}), body: validRequest(one).body }),
  )
  for (const id of [
    '1',
    'nonsense',
    `${unknownId}0`,
    `${unknownId}'--`,
    '%2e%2e%2f',
    'null',
    `urn:uuid:${unknownId}`,
  ]) {
    await each(byId, '400 validation-failed', (one) => {
      const names = parametersIn(one, 'path').map(({ name }) => [name, id] as const)
      return refusal(one, { path: pathWith(one, Object.fromEntries(names)), body: validRequest(one).body })
    })
  }
})

/** These do not answer 404 to an unknown id: most create the thing, or it is already deleted. */
const acceptsUnknownId = new Set([
  'PUT /api/v1/orders/{id}',
  'PUT /api/v1/admin/order-drafts/{id}',
  'DELETE /api/v1/cart/items/{variant_id}',
  // The file comes first, and is missing; an order of images that no longer exist is outdated.
  'POST /api/v1/admin/products/{id}/images',
  'PUT /api/v1/admin/products/{id}/images/order',
  'POST /api/v1/dispatch/me/parcels/{id}/photos',
  // A message that is not parked may be handled already: the log keeps its id only for some days.
  'POST /api/v1/admin/outbox/groups/{group}/messages/{id}/retry',
  'POST /api/v1/admin/outbox/groups/{group}/messages/{id}/skip',
])

test('a method that a path does not have is 405 (rule 6)', async () => {
  const byPath = Map.groupBy(operations, ({ path }) => path)
  const onePerPath = [...byPath.values()].flatMap(([first]) => first ?? [])
  await each(onePerPath, '405 method-not-allowed', (one) => {
    const { path } = validRequest(one)
    const existing = new Set(operations.filter((other) => patternOf(other).test(path)).map(({ method }) => method))
    const method = ['DELETE', 'PATCH', 'PUT', 'POST'].find((candidate) => !existing.has(candidate)) ?? 'PURGE'
    return refusal(one, { path, body: undefined, method })
  })
})

const patternOf = ({ path }: Operation) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`)

test('an Idempotency-Key that is too short, too long or not ASCII is 400 (A8)', async () => {
  const idempotent = operations.filter((one) =>
    parametersIn(one, 'header').some(({ name }) => name === 'Idempotency-Key'),
  )
  assert.ok(idempotent.length > 10)
  for (const key of ['short', 'x'.repeat(256), 'with a space in the middle', 'é'.repeat(20)]) {
    await each(idempotent, '400 bad-idempotency-key', (one) =>
      refusal(one, { ...validRequest(one), headers: { 'idempotency-key': key } }),
    )
  }
})

const WithIds = Type.Object({ items: Type.Array(IdParams, { minItems: 1 }) })

test('the defects that the fuzzer found once do not return (SEC-2)', async () => {
  const categories = expectResponse(await shop.send(staff, 'GET /admin/categories'), 200, WithIds)
  const category_id = categories.items[0]?.id
  // A category below itself violated a CHECK.
  const loop = { id: unknownId, parent_id: unknownId, name: 'Loop' }
  expectProblem(await shop.send(staff, 'POST /admin/categories', { body: loop }), 409, 'below-itself')
  const move = { body: { parent_id: category_id } }
  expectProblem(await shop.send(staff, `PATCH /admin/categories/${category_id}`, move), 409, 'below-itself')
  // 1e400 is Infinity, and every bound let it pass.
  expectProblem(await shop.send(staff, 'GET /catalog/tags?limit=1e400'), 400, 'validation-failed')
  // PostgreSQL rounds so little tea to zero.
  const tea = await firstOf(shop, 'teas')
  const body = { method: 'thimble', leaf_grams: 0.001, water_ml: 1, temperature_c: 90, steep_seconds: [1] }
  expectProblem(
    await shop.send(staff, `POST /admin/products/${tea.id}/brew-profiles`, { body }),
    400,
    'validation-failed',
  )
})
