import assert from 'node:assert/strict'
import { connect, type AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { testDatabase, testServer, type TestDatabase } from '#platform/testing'
import { createTeaShop, teaShop } from './tea-shop.ts'

let database: TestDatabase
let http: FastifyInstance
let port: number
before(async () => {
  database = await testDatabase({ parts: [] })
  await createTeaShop(database.db)
  http = await testServer([teaShop(database.db)], {
    db: database.db,
    settings: { headersTimeout: 400, requestTimeout: 800, keepAliveTimeout: 300 },
  })
  await http.listen({ port: 0 })
  port = (http.server.address() as AddressInfo).port
})
after(async () => {
  await http.close()
  await database.close()
})

/** Sends `text` on a bare socket, then `more` every 50 ms, and returns all that came until the server closed. */
function talk(text: string, more?: string, to = port): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const socket = connect(to, '127.0.0.1', () => socket.write(text))
  let heard = ''
  socket.on('data', (chunk) => (heard += String(chunk)))
  socket.on('error', () => {})
  const timer = more === undefined ? undefined : setInterval(() => socket.write(more), 50)
  socket.on('close', () => {
    clearInterval(timer)
    resolve(heard)
  })
  return promise
}

const head = 'POST /api/v1/guest-teas HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\nconnection: close\r\n'

test('nonsense, twice told lengths and smuggled requests are 400 on the bare socket (A21)', async () => {
  const wrong = [
    'HELO shop\r\n\r\n',
    `${head}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`,
    `${head}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}`,
    `${head}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n`,
    'GET /api/v1/teas HTTP/1.1\r\nhost: shop\r\nx: a\rb\r\n\r\n',
  ]
  for (const text of wrong) {
    const answer = await talk(text)
    assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/, text)
    assert.match(answer, /application\/problem\+json[^]*"code":"malformed-request"/)
    assert.match(answer, /x-request-id: [\da-f-]{36}/)
  }
})

test('headers of 64 kB are 431 (A21)', async () => {
  assert.match(await talk(`GET / HTTP/1.1\r\nhost: shop\r\nx: ${'a'.repeat(65_536)}\r\n\r\n`), /^HTTP\/1\.1 431 /)
})

test('a body that has no end is cut at the limit (A21)', async () => {
  const chunk = `10000\r\n${'a'.repeat(65_536)}\r\n`
  const answer = await talk(`${head}transfer-encoding: chunked\r\n\r\n${chunk}`, chunk)
  assert.match(answer, /^HTTP\/1\.1 413 [^]*"code":"body-too-large"/)
})

test('who drips headers or a body is sent away in time, and nobody else waits for it (A22)', async () => {
  const slow = [
    talk('GET /api/v1/teas HTTP/1.1\r\nhost: shop\r\n', 'x: a\r\n'),
    talk(`${head}content-length: 1000\r\n\r\n{`, ' '),
  ]
  const started = performance.now()
  assert.equal((await fetch(`http://127.0.0.1:${port}/api/v1/teas`)).status, 200)
  assert.ok(performance.now() - started < 300)
  for (const answer of await Promise.all(slow)) assert.match(answer, /^HTTP\/1\.1 408 [^]*"code":"request-timeout"/)
  assert.ok(performance.now() - started < 4000)
})

test('an idle connection is closed (A22)', async () => {
  const started = performance.now()
  const answer = await talk('GET /api/v1/teas/7 HTTP/1.1\r\nhost: shop\r\n\r\n')
  assert.match(answer, /^HTTP\/1\.1 200 /)
  assert.ok(performance.now() - started < 3000)
})

test('a stopping server ends what it began, then cuts what does not end (PLT-20)', async () => {
  const server = await testServer([teaShop(database.db)], { db: database.db, settings: { drainTimeout: 600 } })
  await server.listen({ port: 0 })
  const address = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  const slow = fetch(`${address}/api/v1/slow`)
  const endless = talk(`${head}content-length: 1000\r\n\r\n{`, ' ', (server.server.address() as AddressInfo).port)
  await new Promise((resolve) => setTimeout(resolve, 100))
  const started = performance.now()
  const closed = server.close()
  assert.deepEqual(await (await slow).json(), { at: 'last' })
  await closed
  assert.equal(await endless, '', 'it got no answer: half a request is nothing that could be ended')
  const took = performance.now() - started
  assert.ok(took > 500 && took < 3000, `${took}`)
})

test('a stopping server does not wait for connections that only might bring something (PLT-20)', async () => {
  const server = await testServer([teaShop(database.db)], { db: database.db })
  await server.listen({ port: 0 })
  const { port: own } = server.server.address() as AddressInfo
  const answer = talk('GET /api/v1/slow HTTP/1.1\r\nhost: shop\r\n\r\n', undefined, own)
  await new Promise((resolve) => setTimeout(resolve, 100))
  const started = performance.now()
  await server.close()
  assert.match(await answer, /^HTTP\/1\.1 200 [^]*connection: close[^]*last/i)
  assert.ok(performance.now() - started < 1500)
})

test('news are streamed one by one, from where the reader left off, and end with the last', async () => {
  const read = async (headers: Record<string, string> = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/news`, { headers })
    assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/)
    assert.match(response.headers.get('x-request-id') ?? '', /^[\da-f-]{36}$/)
    return await response.text()
  }
  const second = 'id: 2\nevent: brewed\ndata: {"cups":2}\n\n'
  assert.equal(await read(), `: hello\n\nid: 1\nevent: brewed\ndata: {"cups":1}\n\n${second}`)
  assert.equal(await read({ 'last-event-id': '1' }), `: hello\n\n${second}`)
})

test('a stopping server ends the streams at once: their readers find another process (PLT-20)', async () => {
  const server = await testServer([teaShop(database.db)], { db: database.db })
  await server.listen({ port: 0 })
  const { port: own } = server.server.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${own}/api/v1/endless-news`)
  const started = performance.now()
  await server.close()
  assert.equal(await response.text(), ': hello\n\n')
  assert.ok(performance.now() - started < 1500)
})
