import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { Type } from 'typebox'
import type { Routes } from '#platform/http'
import { errorPrinter } from './error-printer.ts'
import { anna, bearer, courier, guest, machine, olga, testDatabase, testServer, type TestDatabase } from './index.ts'

let database: TestDatabase
before(async () => (database = await testDatabase({ parts: [] })))
after(() => database.close())

const response = { 200: Type.Object({ kind: Type.String(), id: Type.Optional(Type.String()) }) }
const tea: Routes = (http) => {
  const schema = { tags: ['tea'], summary: 'Show the caller', response }
  http.get('/tea', { schema, config: { access: 'user' } }, async ({ caller }) =>
    caller.kind === 'user' ? { kind: caller.kind, id: caller.user_id } : { kind: caller.kind },
  )
  http.get('/stock', { schema, config: { access: { permission: 'tea.count' } } }, async ({ caller }) => ({
    kind: caller.kind,
  }))
}

test('a test names the caller: customers, staff, machines and guests get their own answers', async () => {
  const http = await testServer([{ name: 'tea', api: {}, routes: [tea] }])
  const get = async (url: string, caller: Parameters<typeof bearer>[0]) => {
    const answer = await http.inject({ url: `/api/v1${url}`, headers: { authorization: bearer(caller) } })
    return [answer.statusCode, answer.json().id]
  }
  assert.deepEqual(await get('/tea', anna), [200, anna.user_id])
  assert.deepEqual([(await get('/tea', machine))[0], (await get('/tea', guest))[0]], [403, 401])
  assert.deepEqual(
    [(await get('/stock', olga))[0], (await get('/stock', courier))[0], (await get('/stock', anna))[0]],
    [200, 403, 403],
  )
  await http.close()
})

test('a 500 in a test shows the stack of its error and of the cause', async () => {
  const printed: string[] = []
  const failing: Routes = (http) => {
    http.get('/broken', { schema: { tags: ['tea'], summary: 'Fail', response }, config: { access: 'anyone' } }, () => {
      throw new Error('the kettle is empty', { cause: new Error('the tap is closed') })
    })
  }
  const log = errorPrinter((text) => void printed.push(text))
  const http = await testServer([{ name: 'tea', api: {}, routes: [failing] }], { log })
  assert.equal((await http.inject('/api/v1/broken')).statusCode, 500)
  await http.close()
  assert.equal(printed.length, 1)
  assert.match(printed[0] ?? '', /^Error: the kettle is empty\n +at [^]*\nCaused by: Error: the tap is closed\n +at /)
})
