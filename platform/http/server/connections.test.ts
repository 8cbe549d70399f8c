import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { createMetrics, openLogs } from '#platform/telemetry'
import { eventually, testDatabase, testServer, type TestDatabase } from '#platform/testing'
import { createTeaShop, openGate, teaShop } from '../testing.ts'

let database: TestDatabase
let http: FastifyInstance
let port: number
before(async () => {
  database = await testDatabase({ parts: [] })
  await createTeaShop(database.db)
  http = await testServer([teaShop(database.db)], {
    settings: { headersTimeout: 400, requestTimeout: 800, keepAliveTimeout: 300 },
  })
  port = await listen(http)
})
after(async () => {
  await http.close()
  await database.close()
})

async function listen(server: FastifyInstance): Promise<number> {
  await server.listen({ port: 0 })
  return (server.server.address() as AddressInfo).port
}

type Dialogue = Readonly<{ text: string; more?: string; to?: number }>

/** Sends `text` on a bare socket, then `more` every 50 ms; returns what the server sent until it closed the connection. */
function exchange({ text, more, to = port }: Dialogue): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  let timer: NodeJS.Timeout | undefined
  const socket = connect(to, '127.0.0.1', () => {
    socket.write(text)
    if (more !== undefined) timer = setInterval(() => socket.write(more), 50)
  })
  let received = ''
  socket.on('data', (chunk) => (received += String(chunk)))
  socket.on('error', () => {})
  socket.on('close', () => {
    clearInterval(timer)
    resolve(received)
  })
  return promise
}

const head = 'POST /api/v1/guest-teas HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\nconnection: close\r\n'

test('bytes that are not HTTP, two lengths and smuggled requests are 400 on the bare socket (A21)', async () => {
  const wrong = [
    'HELO shop\r\n\r\n',
    `${head}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`,
    `${head}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}`,
    `${head}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n`,
    'GET /api/v1/teas HTTP/1.1\r\nhost: shop\r\nx: a\rb\r\n\r\n',
  ]
  for (const text of wrong) {
    const received = await exchange({ text })
    assert.match(received, /^HTTP\/1\.1 400 Bad Request\r\n/, text)
    assert.match(received, /application\/problem\+json[^]*"code":"malformed-request"/)
    assert.match(received, /x-request-id: [\da-f-]{36}/)
  }
})

test('letters that are not encoded in the URL are 400 with a hint in the language of the reader (F-75)', async () => {
  const request = 'GET /api/v1/teas?search=чай HTTP/1.1\r\nhost: shop\r\n'
  const english = await exchange({ text: `${request}\r\n` })
  assert.match(english, /^HTTP\/1\.1 400 [^]*"code":"unencoded-url"[^]*percent-encoded/)
  const russian = await exchange({ text: `${request}Accept-Language: ru-RU,ru;q=0.9\r\n\r\n` })
  assert.match(russian, /вместо буквы «ч» пишите %D1%87/)
})

test('headers of 64 kB are 431 (A21)', async () => {
  const text = `GET / HTTP/1.1\r\nhost: shop\r\nx: ${'a'.repeat(65_536)}\r\n\r\n`
  assert.match(await exchange({ text }), /^HTTP\/1\.1 431 /)
})

test('an endless body is cut at the limit (A21)', async () => {
  const chunk = `80000\r\n${'a'.repeat(0x80000)}\r\n`
  const received = await exchange({ text: `${head}transfer-encoding: chunked\r\n\r\n${chunk}`, more: chunk })
  assert.match(received, /^HTTP\/1\.1 413 [^]*"code":"body-too-large"/)
})

test('a client that drips headers or a body is cut off in time, and no other client waits for it (A22)', async () => {
  const slow = [
    exchange({ text: 'GET /api/v1/teas HTTP/1.1\r\nhost: shop\r\n', more: 'x: a\r\n' }),
    exchange({ text: `${head}content-length: 1000\r\n\r\n{`, more: ' ' }),
  ]
  const started = performance.now()
  const other = fetch(`http://127.0.0.1:${port}/api/v1/teas`).then(({ status }) => status)
  assert.equal(await Promise.race([other, ...slow]), 200, 'the other client is answered first')
  for (const received of await Promise.all(slow)) assert.match(received, /^HTTP\/1\.1 408 [^]*"code":"request-timeout"/)
  assert.ok(performance.now() - started < 10_000)
})

test('an idle connection is closed (A22)', async () => {
  const started = performance.now()
  const received = await exchange({ text: 'GET /api/v1/teas/7 HTTP/1.1\r\nhost: shop\r\n\r\n' })
  assert.match(received, /^HTTP\/1\.1 200 /)
  assert.ok(performance.now() - started < 5000)
})

test('a stopping server finishes the requests that it began, then cuts those that do not end (PLT-20)', async () => {
  const gate = openGate()
  const shop = teaShop(database.db, { beforeAnswer: gate.pass })
  const server = await testServer([shop], { settings: { drainTimeout: 600 } })
  const own = await listen(server)
  const arrived = Promise.withResolvers<void>()
  let requests = 0
  server.server.on('request', () => ++requests === 2 && arrived.resolve())
  const slow = fetch(`http://127.0.0.1:${own}/api/v1/slow`)
  const endless = exchange({ text: `${head}content-length: 1000\r\n\r\n{`, more: ' ', to: own })
  await Promise.all([gate.reached, arrived.promise])
  const started = performance.now()
  const stopping = once(server.stopping, 'abort')
  const closed = server.close()
  await stopping
  gate.open()
  assert.deepEqual(await (await slow).json(), { at: 'last' })
  await closed
  assert.equal(await endless, '', 'half a request gets no response')
  const took = performance.now() - started
  assert.ok(took > 500 && took < 5000, `${took}`)
})

test('a stopping server does not wait for idle connections (PLT-20)', async () => {
  const gate = openGate()
  const server = await testServer([teaShop(database.db, { beforeAnswer: gate.pass })])
  const to = await listen(server)
  const response = exchange({ text: 'GET /api/v1/slow HTTP/1.1\r\nhost: shop\r\n\r\n', to })
  await gate.reached
  const started = performance.now()
  const stopping = once(server.stopping, 'abort')
  const closed = server.close()
  await stopping
  gate.open()
  await closed
  assert.match(await response, /^HTTP\/1\.1 200 [^]*connection: close[^]*last/i)
  assert.ok(performance.now() - started < 5000)
})

test('events are streamed one by one, after the last one that the reader has, and end with the last', async () => {
  const read = async (headers: Record<string, string> = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/cups`, { headers })
    assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/)
    assert.match(response.headers.get('x-request-id') ?? '', /^[\da-f-]{36}$/)
    return await response.text()
  }
  const second = 'id: 2\nevent: brewed\ndata: {"cups":2}\n\n'
  assert.equal(await read(), `: hello\n\nid: 1\nevent: brewed\ndata: {"cups":1}\n\n${second}`)
  assert.equal(await read({ 'last-event-id': '1' }), `: hello\n\n${second}`)
})

test('a stopping server ends its streams at once, so that readers reconnect to another process (PLT-20)', async () => {
  const server = await testServer([teaShop(database.db)])
  const own = await listen(server)
  const response = await fetch(`http://127.0.0.1:${own}/api/v1/endless-cups`)
  const started = performance.now()
  await server.close()
  assert.equal(await response.text(), ': hello\n\n')
  assert.ok(performance.now() - started < 5000)
})

const ask = (path: string) => `GET /api/v1${path} HTTP/1.1\r\nhost: shop\r\n\r\n`

test('sixteen requests at once on one connection are answered in order; more close it (F-30, A22)', async () => {
  const few = await exchange({ text: Array.from({ length: 16 }, (_, id) => ask(`/teas/${id}`)).join('') })
  assert.deepEqual(
    Array.from(few.matchAll(/\{"id":(\d+)\}/g), ([, id]) => Number(id)),
    Array.from({ length: 16 }, (_, id) => id),
  )
  const many = await exchange({ text: ask('/teas/7').repeat(1000) })
  assert.ok((many.match(/HTTP\/1\.1 200/g) ?? []).length <= 16)
  assert.equal((await fetch(`http://127.0.0.1:${port}/api/v1/teas/7`)).status, 200, 'others are answered')
})

test('a client that does not read its response is cut off; a slow handler is not (F-30, A22)', async () => {
  const gate = openGate()
  const server = await testServer([teaShop(database.db, { beforeAnswer: gate.pass })], {
    settings: { writeTimeout: 200 },
  })
  const to = await listen(server)
  const slow = fetch(`http://127.0.0.1:${to}/api/v1/slow`)
  await gate.reached
  const connected = once(server.server, 'connection') as Promise<[Socket]>
  const idle = connect(to, '127.0.0.1')
    .on('error', () => {})
    .pause()
  idle.write('GET /api/redoc/redoc.standalone.js HTTP/1.1\r\nhost: shop\r\n\r\n'.repeat(16))
  const [socket] = await connected
  if (!socket.destroyed) await once(socket, 'close')
  gate.open()
  assert.equal((await slow).status, 200)
  idle.destroy()
  await server.close()
})

test('a client that resets its connection at once is no error in the log (F-36)', async () => {
  const lines: string[] = []
  const to = { write: (line: string) => void lines.push(line) }
  const logs = openLogs({ service: 'posad', version: '1', level: 'warn', format: 'json', to })
  const rates = { default: { count: 1000, seconds: 1, burst: 1000 } }
  const server = await testServer([teaShop(database.db)], {
    log: logs('http'),
    settings: { limits: { kind: 'on', rates } },
  })
  const own = await listen(server)
  let reset = 0
  server.server.on('connection', (socket: Socket) => socket.on('close', () => reset++))
  for (let count = 0; count < 200; count++) {
    const socket = connect(own, '127.0.0.1').on('error', () => {})
    await once(socket, 'connect')
    socket.write(ask('/teas/7'), () => socket.resetAndDestroy())
  }
  await eventually(() => assert.equal(reset, 200))
  assert.deepEqual(lines, [])
  await server.close()
})

test('a client that cuts its connection in the middle of a body is no outage: no error, no warning, no 503 (F-36)', async () => {
  const lines: string[] = []
  const logs = openLogs({
    service: 'posad',
    version: '1',
    level: 'debug',
    format: 'json',
    to: { write: (line) => void lines.push(line) },
  })
  const metrics = createMetrics({ service: 'posad', version: '1' })
  const other = await testServer([teaShop(database.db)], { log: logs('http'), metrics })
  const socket = connect(await listen(other), '127.0.0.1')
  socket.write(`${head}content-length: 100\r\n\r\n{"grams":`)
  await new Promise((resolve) => other.server.once('request', resolve))
  socket.destroy()
  await eventually(() => assert.match(lines.join(''), /cut the connection in the middle of its body/))
  await other.close()
  assert.doesNotMatch(lines.join(''), /"level":"(?:warn|error)"|"message":"answered"/)
  assert.doesNotMatch(await metrics.text(), /posad_http_requests_total\{[^}]*status="503"/)
})

test('a request without the end of its body counts against the limit of its address (PLT-10, A22)', async () => {
  const rates = { default: { count: 1, seconds: 60, burst: 3 } }
  const server = await testServer([teaShop(database.db)], { settings: { limits: { kind: 'on', rates } } })
  const to = await listen(server)
  const check = head.replace('/guest-teas', '/checks')
  for (let count = 0; count < 3; count++) {
    const socket = connect(to, '127.0.0.1')
    socket.write(`${check}content-length: 100\r\n\r\n{"note":`)
    await once(server.server, 'request')
    socket.destroy()
  }
  const received = await exchange({ text: `${check}content-length: 100\r\n\r\n{"note":`, to })
  assert.match(received, /^HTTP\/1\.1 429 /)
  await server.close()
})
