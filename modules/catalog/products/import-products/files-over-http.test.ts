import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { anna, bearer, crowd, expectProblem, olga, responseOf, statusesOf } from '#platform/testing'
import { openCatalogTest, type CatalogTest } from '../../testing.ts'

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
})
after(() => catalog.close())

const header = 'sku,product,type,name_en,attributes,price,on_hand'
const line = (sku: string, price = '15000') =>
  `${sku},${sku.toLowerCase()},flower,Rose ${sku},"{""flower_type"":""rose""}",${price},7`

/** Sends a file as the field `file` of a form. */
async function upload(path: `/${string}`, text: string, caller = olga) {
  const form = new FormData()
  form.append('file', new Blob([text], { type: 'text/csv' }), 'file.csv')
  const body = new Response(form)
  const response = await catalog.http.inject({
    method: 'POST',
    url: `/api/v1${path}`,
    headers: {
      authorization: bearer(caller),
      'content-type': body.headers.get('content-type') ?? '',
      'accept-language': 'en',
    },
    payload: Buffer.from(await body.arrayBuffer()),
  })
  return responseOf(`POST ${path}`, response)
}

/** The events of a response, as `[name, content]`. */
const eventsOf = (text: string) =>
  [...text.matchAll(/event: (\w+)\ndata: (.*)\n/g)].map(
    ([, name = '', content = '']) => [name, JSON.parse(content) as Record<string, unknown>] as const,
  )

test('staff import a file over HTTP, see its progress and each wrong line, and import it again without effect (CAT-12)', async () => {
  const file = [header, line('HTTP-1'), line('HTTP-2', 'free'), line('HTTP-3')].join('\n')
  const dry = eventsOf((await upload('/admin/products/import?dry_run=true', file)).text)
  assert.deepEqual(dry.at(-1), ['done', { lines: 3, created: 2, changed: 0, unchanged: 0, failed: 1 }])
  assert.equal((await catalog.read('/catalog/products/http-1')).status, 404)

  const response = await upload('/admin/products/import', file)
  assert.equal(response.headers['content-type'], 'text/event-stream; charset=utf-8')
  const events = eventsOf(response.text)
  assert.deepEqual(
    events.map(([name]) => name),
    ['refused', 'progress', 'done'],
  )
  assert.deepEqual([events[0]?.[1]['line'], events[0]?.[1]['column']], [3, 'price'])
  assert.equal((await catalog.read('/catalog/products/http-1')).status, 200)
  const again = eventsOf((await upload('/admin/products/import', file)).text)
  assert.deepEqual(again.at(-1), ['done', { lines: 3, created: 0, changed: 0, unchanged: 2, failed: 1 }])
})

test('a file that is none of products says so, and customers import nothing (CAT-12)', async () => {
  const failed = eventsOf((await upload('/admin/products/import', 'colour,size\nred,5\n')).text)
  assert.deepEqual(
    failed.map(([name]) => name),
    ['failed'],
  )
  expectProblem(await upload('/admin/products/import', header, anna), 403, 'forbidden')
})

test('a line whose stock is refused says what to do, in the language of the reader (CAT-12)', async () => {
  await upload('/admin/products/import', [header, line('HTTP-BY-HAND')].join('\n'))
  const text = 'sku,on_hand,expected_on_hand\nHTTP-BY-HAND,9,7\n'
  const [refused] = eventsOf((await upload('/admin/products/import', text)).text)
  assert.deepEqual([refused?.[0], refused?.[1]['reason']], ['refused', 'stock-version-missing'])
  assert.match(String(refused?.[1]['problem']), /Start from an export, or set the stock/)
})

test('one import runs at a time in a process (CAT-12)', async () => {
  const file = [header, ...Array.from({ length: 40 }, (_, i) => line(`CROWD-${i}`))].join('\n')
  const statuses = statusesOf(await crowd(3, () => upload('/admin/products/import', file)))
  assert.ok(statuses.includes(200) && statuses.every((status) => status === 200 || status === 409), statuses.join())
  const last = eventsOf((await upload('/admin/products/import', file)).text).at(-1)
  assert.deepEqual(last?.[1]['unchanged'], 40)
})

test('the export over HTTP has every variant, and its import changes nothing (CAT-12)', async () => {
  const response = await catalog.send(olga, 'GET /admin/products/export')
  assert.equal(response.status, 200)
  assert.match(response.headers['content-type'] ?? '', /^text\/csv/)
  const rows = parse(response.text, { columns: true }) as { sku: string }[]
  const { rows: counted } = await catalog.pool.query('select from catalog.variants')
  assert.equal(rows.length, counted.length)
  const done = eventsOf((await upload('/admin/products/import', response.text)).text).at(-1)
  assert.deepEqual(done?.[1]['unchanged'], rows.length)
  expectProblem(await catalog.send(anna, 'GET /admin/products/export'), 403, 'forbidden')
})

test('staff upload a file of reviews (SUP-2)', async () => {
  const imported = await upload(
    '/admin/reviews/import',
    'platform,rating,reviewed_at\nyandex,5,2026-10-01\nyandex,9,2026-10-01\n',
  )
  const { created, failed, errors } = imported.body as { created: number; failed: number; errors: { line: number }[] }
  assert.deepEqual([imported.status, created, failed, errors[0]?.line], [200, 1, 1, 3])
  expectProblem(await upload('/admin/reviews/import', 'stars\n5\n'), 400, 'unreadable-file')
})
