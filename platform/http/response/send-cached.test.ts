import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { expectResponse, guest, openTestApi, testDatabase, type TestApi, type TestDatabase } from '#platform/testing'
import { teaShop, TeaView } from '../testing.ts'

let database: TestDatabase
let api: TestApi
before(async () => {
  database = await testDatabase({ parts: [] })
  api = await openTestApi([teaShop(database.db)])
})
after(async () => {
  await api.close()
  await database.close()
})

test('a page that the browser has is 304 the next time (rule 10)', async () => {
  const get = (tag?: string) =>
    api.send(guest, 'GET /teas/7', { headers: tag === undefined ? {} : { 'if-none-match': tag } })
  const first = await get()
  assert.deepEqual(expectResponse(first, 200, TeaView), { id: 7 })
  assert.equal(first.headers['etag'], '"tea-7"')
  assert.match(String(first.headers['content-type']), /^application\/json/)
  for (const tag of ['"tea-7"', '*', '"x", W/"tea-7"']) {
    const again = await get(tag)
    expectResponse(again, 304)
    assert.deepEqual([again.text, again.headers['etag']], ['', '"tea-7"'])
  }
  expectResponse(await get('"tea-8"'), 200, TeaView)
  const head = await api.send(guest, 'HEAD /teas/7')
  expectResponse(head, 200)
  assert.deepEqual([head.text, head.headers['content-length']], ['', '8'])
})
