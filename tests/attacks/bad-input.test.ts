import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { openShop, staff, type Shop } from '../e2e/open-shop.ts'
import { operationsOf, parametersIn, type Operation } from './api-document.ts'
import { checksums, somebodyWithEverything, whenQuiet, type Belongings } from './belongings.ts'
import { spoilsOf } from './fuzz/spoil.ts'
import { fittingRequest, pathWith, unknownId, type Sent } from './known-requests.ts'

let shop: Shop
let anna: Belongings
let operations: readonly Operation[]
let writes: readonly Operation[]
let withBody: readonly Operation[]
let untouched: Record<string, string>
before(async () => {
  shop = await openShop()
  anna = await somebodyWithEverything(shop, 'Anna')
  operations = await operationsOf(shop.address)
  writes = operations.filter(({ method }) => method !== 'GET')
  withBody = operations.filter(({ body }) => body !== undefined)
  untouched = await whenQuiet(shop)
  assert.ok(operations.length > 80 && withBody.length > 30, 'the document names its routes')
})
afterEach(async () => {
  assert.deepEqual(await checksums(shop), untouched, 'nothing changed')
})
after(async () => {
  assert.deepEqual(await whenQuiet(shop), untouched, 'nothing changes later either')
  await shop.close()
})

/** The token of somebody who may use the operation. */
const tokenFor = ({ admits, ignoresToken }: Operation) =>
  ignoresToken || admits === 'anyone' ? undefined : admits === 'staff' ? staff : anna.as

type Letter = Sent & Readonly<{ type?: string; as?: string | undefined; method?: string }>

/** Sends it and checks what every refusal has; tells the status and the code. */
async function refusal(operation: Operation, letter: Letter): Promise<string> {
  const { path, body, headers = {}, type = 'application/json', as = tokenFor(operation) } = letter
  const method = letter.method ?? operation.method
  const answer = await fetch(`${shop.address}${path}`, {
    method,
    headers: {
      ...(as !== undefined && { authorization: as.includes(' ') ? as : `Bearer ${as}` }),
      ...(body !== undefined && type !== '' && { 'content-type': type }),
      ...headers,
    },
    ...(body !== undefined && { body: type === '' ? new Blob([body]) : body }),
  })
  const text = await answer.text()
  const where = `${operation.name} answered ${answer.status} ${text.slice(0, 300)}`
  assert.ok(answer.status >= 400, where)
  assert.equal(answer.headers.get('content-type')?.split(';', 1)[0], 'application/problem+json', where)
  const problem = JSON.parse(text) as { status: number; code: string; request_id: string }
  assert.deepEqual([problem.status, problem.request_id], [answer.status, answer.headers.get('x-request-id')], where)
  return `${answer.status} ${problem.code}`
}

/** Runs `attack` on each operation, eight at once, and gathers what was not as `expected`. */
async function each(
  some: readonly Operation[],
  expected: string | ((operation: Operation) => string),
  attack: (operation: Operation) => Promise<string>,
): Promise<void> {
  const wrong: string[] = []
  const left = some.values()
  const walk = async () => {
    for (const operation of left) {
      const right = typeof expected === 'string' ? expected : expected(operation)
      const answered = await attack(operation)
      if (answered !== right) wrong.push(`${operation.name}: ${answered}, not ${right}`)
    }
  }
  await Promise.all(Array.from({ length: 8 }, walk))
  assert.deepEqual(wrong, [])
}

test('broken JSON is 400 wherever a body may come (A21)', async () => {
  for (const body of ['{"a":', '{"a":1}}', "{'a':1}", '\u0000', '{"a":NaN}', '[1,]']) {
    await each(writes, '400 malformed-body', (one) => refusal(one, { ...fittingRequest(one), body }))
  }
})

test('an empty body is 400 where one is needed (rule 6)', async () => {
  const needed = withBody.filter(({ name }) => !mayBeEmpty.has(name))
  await each(needed, '400 empty-body', (one) => refusal(one, { ...fittingRequest(one), body: '' }))
  await each(needed, '400 empty-body', (one) => refusal(one, { ...fittingRequest(one), body: undefined }))
})

/** Flower shop's clients send no body; tokens are asked about by header too. */
const mayBeEmpty = new Set(['POST /api/v1/delivery/{id}/deliver', 'POST /api/v1/auth/validate'])

test('a megabyte is read and refused for what it says, a byte more is 413 (A21)', async () => {
  const limit = 1_048_576
  const large = (size: number) => `{"x":"${'x'.repeat(size - 8)}"}`
  await each(withBody, '400 validation-failed', (one) => refusal(one, { ...fittingRequest(one), body: large(limit) }))
  await each(writes, '413 body-too-large', (one) => refusal(one, { ...fittingRequest(one), body: large(limit + 1) }))
})

test('a body that is not JSON is 415 (A17, A21)', async () => {
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/xml',
  ]) {
    await each(writes, '415 unsupported-media-type', (one) =>
      refusal(one, { ...fittingRequest(one), body: 'a=b', type }),
    )
  }
})

test('an unknown field or query parameter is 400, in every route (A5, rule 7)', async () => {
  const named = withBody.filter(({ body }) => body?.additionalProperties === false)
  for (const field of ['role', 'price_paid', 'is_admin', '__proto__']) {
    await each(named, '400 validation-failed', (one) => {
      const { path, fields } = fittingRequest(one)
      const entries = [...Object.entries(fields as object), [field, 'admin'] as const]
      return refusal(one, { path, body: JSON.stringify(Object.fromEntries(entries)) })
    })
  }
  const api = operations.filter(({ path }) => path.startsWith('/api/v1/'))
  for (const query of ['surprise=1', '__proto__[x]=1', 'constructor=1']) {
    await each(api, '400 validation-failed', (one) => {
      const { path, body } = fittingRequest(one)
      return refusal(one, { path: `${path}?${query}`, body })
    })
  }
})

test('wrong types and bounds are 400, field by field (A7, A20)', async () => {
  await each(withBody, 'all 400', async (one) => {
    const { path, fields } = fittingRequest(one)
    const all = Array.from(spoilsOf(one.body ?? {}, fields))
    const some = all.filter((_spoil, at) => at % Math.ceil(all.length / 40) === 0)
    const wrong: string[] = []
    for (const { what, text } of some) {
      const answered = await refusal(one, { path, body: text })
      if (!answered.startsWith('400 ')) wrong.push(`${what}: ${answered}`)
    }
    return wrong.join('; ') || 'all 400'
  })
  assert.equal(({} as { isAdmin?: boolean }).isAdmin, undefined)
})

test('a wrong token is 401 everywhere a token is looked at, also where guests may come (A1)', async () => {
  const [head = '', claims = '', signature = ''] = anna.as.split('.')
  const unsigned = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')
  const wrong = {
    nonsense: 'nonsense',
    'of another kind': 'Basic YW5uYTpwYXNz',
    'without a signature': `${head}.${claims}.`,
    'of no algorithm': `${unsigned}.${claims}.`,
    'with another signature': `${head}.${claims}.${signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`,
    'for refreshing': anna.refresh_token,
    'too long': 'x'.repeat(9000),
    'nearly the staff one': `${staff.slice(0, -1)}x`,
  }
  const asked = operations.filter(({ ignoresToken }) => !ignoresToken)
  for (const as of Object.values(wrong)) {
    await each(asked, '401 unauthorized', (one) => refusal(one, { ...fittingRequest(one), as }))
  }
})

test('who is not let in learns nothing else: 401 for a guest, 403 for somebody else (rule 6)', async () => {
  const closed = operations.filter(({ admits }) => admits !== 'anyone')
  await each(closed, '401 unauthorized', (one) => refusal(one, { ...fittingRequest(one), as: '', headers: guest }))
  await each(closed, '403 forbidden', (one) =>
    refusal(one, { ...fittingRequest(one), as: one.admits === 'staff' ? anna.as : staff }),
  )
})

/** An empty token would be a wrong one. */
const guest = { authorization: '' }

/** What an id that nobody has leads to, where it is not simply absent. */
const otherwise: Readonly<Record<string, string>> = { 'PATCH /api/v1/cart/items/{variant_id}': '404 not-in-cart' }

test('an id that nobody has is 404, one that is none is 400 (rule 6)', async () => {
  const byId = operations.filter((one) => parametersIn(one, 'path').some(({ schema }) => schema.format === 'uuid'))
  await each(
    byId.filter(({ name }) => !succeeds.has(name)),
    ({ name }) => otherwise[name] ?? '404 not-found',
    (one) => refusal(one, { path: pathWith(one, {}), body: fittingRequest(one).body }),
  )
  for (const id of ['1', 'nonsense', `${unknownId}0`, `${unknownId}'--`, '%2e%2e%2f', 'null']) {
    await each(byId, '400 validation-failed', (one) => {
      const names = parametersIn(one, 'path').map(({ name }) => [name, id] as const)
      return refusal(one, { path: pathWith(one, Object.fromEntries(names)), body: fittingRequest(one).body })
    })
  }
})

/** These are right with an id that nobody has: it is made, or it is gone already. */
const succeeds = new Set(['PUT /api/v1/orders/{id}', 'DELETE /api/v1/cart/items/{variant_id}'])

test('a method that an address does not take is 405, with those it takes (rule 6)', async () => {
  const paths = Map.groupBy(operations, ({ path }) => path)
  const first = [...paths.values()].map(([one]) => one).filter((one) => one !== undefined)
  await each(first, '405 method-not-allowed', (one) => {
    const { path } = fittingRequest(one)
    const taken = new Set(operations.filter((other) => shapeOf(other.path).test(path)).map((other) => other.method))
    const method = ['DELETE', 'PATCH', 'PUT', 'POST'].find((word) => !taken.has(word)) ?? 'PURGE'
    return refusal(one, { path, body: undefined, method })
  })
})

const shapeOf = (path: string) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`)

test('an Idempotency-Key that is too short, too long or not ASCII is 400 (A8)', async () => {
  const keyLocal = operations.filter((one) =>
    parametersIn(one, 'header').some(({ name }) => name === 'Idempotency-Key'),
  )
  assert.ok(keyLocal.length > 10)
  for (const key of ['short', 'x'.repeat(256), 'with a space in the middle', 'é'.repeat(20)]) {
    await each(keyLocal, '400 bad-idempotency-key', (one) =>
      refusal(one, { ...fittingRequest(one), headers: { 'idempotency-key': key } }),
    )
  }
})

test('what the fuzzer once found stays mended (SEC-2)', async () => {
  const { body: categories } = await shop.ask('GET', '/admin/categories', { as: staff })
  const [category] = categories.items
  const id = unknownId
  const ask = async (method: string, path: string, body?: object) =>
    (await shop.ask(method, path, { as: staff, body })).status
  // A category inside of itself broke a CHECK.
  assert.equal(await ask('POST', '/admin/categories', { id, parent_id: id, name: 'Loop' }), 409)
  assert.equal(await ask('PATCH', `/admin/categories/${category.id}`, { parent_id: category.id }), 409)
  // 1e400 is Infinity, which no bound held.
  assert.equal(await ask('GET', '/catalog/tags?limit=1e400'), 400)
  // So little tea is none, when it is written down.
  const { body: teas } = await shop.ask('GET', '/catalog/teas')
  const profile = { method: 'thimble', leaf_grams: 0.001, water_ml: 1, temperature_c: 90, steep_seconds: [1] }
  assert.equal(await ask('POST', `/admin/products/${teas.items[0].id}/brew-profiles`, profile), 400)
})
