import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, test } from 'node:test'
import { acceptSockets, deadUrl, serve } from '../../upstream/fixtures/upstreams.ts'
import { eventually } from '#platform/testing'
import { Upstream } from '#platform/upstream'
import { quietLog } from '#platform/telemetry'
import { fastifyServer } from '../server/fastify-server.ts'
import { defaultSettings } from '../server/server-settings.ts'
import { buildProxy, type ProxyNeeds } from './build-proxy.ts'

const opened: { close: () => Promise<unknown> }[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})
const open = <Opened extends { close: () => Promise<unknown> }>(one: Opened): Opened => {
  opened.unshift(one)
  return one
}

/** A proxy in front of one service, and the address of the proxy. */
async function proxyTo(
  urls: string | readonly string[],
  settings: ProxyNeeds['settings'] = {},
  headers = 300,
): Promise<string> {
  const upstream = new Upstream({ service: 'shop', urls: [urls].flat(), limits: { headers } })
  const upstreamOf = (path: string) => (path.startsWith('/api/') ? upstream : undefined)
  const server = open(await buildProxy({ upstreams: [upstream], upstreamOf, addRoutes: () => {}, settings }))
  return await server.listen({ host: '127.0.0.1', port: 0 })
}

type Seen = { method?: string | undefined; url?: string | undefined; headers: IncomingHttpHeaders; body: string }
/** A service that describes the request in its answer. */
const describing = async () =>
  open(
    await serve(async (request, response) => {
      const seen: Seen = {
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: await text(request),
      }
      response
        .setHeader('content-type', 'application/json')
        .setHeader('set-cookie', ['a=1', 'b=2'])
        .setHeader('etag', '"tea"')
      response.writeHead(request.url?.includes('taken') ? 409 : 200).end(JSON.stringify(seen))
    }),
  )

const seenBy = async (address: string, init: RequestInit = {}, path = '/api/v1/teas?q=a%20b'): Promise<Seen> => {
  const response = await fetch(`${address}${path}`, init)
  return (await response.json()) as Seen
}

test('a request arrives as it was sent, and its answer comes back as it was given (PLT-15)', async () => {
  const address = await proxyTo((await describing()).url)
  const body = JSON.stringify({ variant: 'oolong' })
  const headers = { 'content-type': 'application/json', 'idempotency-key': '0123456789abcdef', 'x-request-id': 'mine' }
  const response = await fetch(`${address}/api/v1/orders/taken`, { method: 'POST', headers, body })
  assert.equal(response.status, 409)
  assert.deepEqual(response.headers.getSetCookie(), ['a=1', 'b=2'])
  assert.equal(response.headers.get('etag'), '"tea"')
  assert.equal(response.headers.get('x-request-id'), 'mine')
  const seen = (await response.json()) as Seen
  assert.deepEqual([seen.method, seen.url, seen.body], ['POST', '/api/v1/orders/taken', body])
  assert.equal(seen.headers['idempotency-key'], '0123456789abcdef')
  assert.equal(seen.headers['x-request-id'], 'mine')
  assert.match(String(seen.headers['traceparent']), /^00-[\da-f]{32}-[\da-f]{16}-01$/)
  assert.equal(seen.headers.host, new URL(address).host)
})

test('the trace of a client goes on, and its query stays as it is (PLT-15, PLT-18)', async () => {
  const address = await proxyTo((await describing()).url)
  const trace = '0af7651916cd43dd8448eb211c80319c'
  const seen = await seenBy(address, { headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` } })
  assert.match(String(seen.headers['traceparent']), new RegExp(`^00-${trace}-`))
  assert.equal(seen.url, '/api/v1/teas?q=a%20b')
})

test('a client cannot name its own address, and a trusted proxy can (PLT-15, A27)', async () => {
  const service = await describing()
  const forged = { headers: { 'x-forwarded-for': '6.6.6.6', 'x-real-ip': '6.6.6.6', forwarded: 'for=6.6.6.6' } }
  const { headers } = await seenBy(await proxyTo(service.url), forged)
  assert.equal(headers['x-forwarded-for'], '127.0.0.1')
  assert.deepEqual([headers['x-real-ip'], headers['forwarded']], [undefined, undefined])
  const behind = await seenBy(await proxyTo(service.url, { trustedProxies: ['loopback'] }), forged)
  assert.equal(behind.headers['x-forwarded-for'], '6.6.6.6, 127.0.0.1')
})

/** Sends bytes and returns all that comes back. */
async function sendRaw(address: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(address).port), '127.0.0.1')
  socket.on('error', () => {})
  socket.write(bytes)
  return await text(socket)
}

test('a request that two servers could read differently is refused, and no second one reaches a service (PLT-15)', async () => {
  const paths: (string | undefined)[] = []
  const service = open(await serve((request, response) => void (paths.push(request.url), response.end())))
  const address = await proxyTo(service.url)
  const hidden = 'GET /api/v1/internal/hidden HTTP/1.1\r\nHost: x\r\n\r\n'
  const head = 'POST /api/v1/orders HTTP/1.1\r\nHost: x\r\nConnection: close\r\n'
  const attacks = [
    `${head}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
    `${head}Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
    `${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${hidden}`,
    `${head}Transfer-Encoding: xchunked\r\n\r\n${hidden}`,
    `${head}Content-Length: +5\r\n\r\nhello`,
    `${head}X-Bad: a\r\n b\r\n\r\n`,
    `POST /api/v1/orders HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${hidden}`,
  ]
  for (const attack of attacks) assert.match(await sendRaw(address, attack), /^HTTP\/1\.1 400/, attack)
  assert.deepEqual(paths, [])
  // The body of a GET is no request, and headers about one connection end here.
  const get = 'GET /api/v1/teas HTTP/1.1\r\nHost: x\r\nConnection: close, x-secret\r\nX-Secret: 1\r\n'
  await sendRaw(address, `${get}Content-Length: ${hidden.length}\r\n\r\n${hidden}`)
  assert.deepEqual(paths, ['/api/v1/teas'])
})

test('headers that the client binds to its connection reach no service (PLT-15)', async () => {
  const address = await proxyTo((await describing()).url)
  const answer = await sendRaw(
    address,
    'GET /api/v1/teas HTTP/1.1\r\nHost: x\r\nConnection: close, x-secret\r\nX-Secret: 1\r\nTE: trailers\r\nUpgrade: h2c\r\n\r\n',
  )
  assert.doesNotMatch(answer, /x-secret|"te"|upgrade/i)
})

test('a path outside the services is answered here (PLT-15)', async () => {
  const address = await proxyTo((await describing()).url)
  assert.equal((await fetch(`${address}/metrics`)).status, 404)
  assert.match(await sendRaw(address, 'GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 400/)
})

test('a service that is away is 503 at once, and one that is silent 504 in time (PLT-15)', async () => {
  const away = await fetch(`${await proxyTo(await deadUrl())}/api/v1/teas`)
  assert.deepEqual([away.status, away.headers.get('retry-after')], [503, '1'])
  assert.equal(((await away.json()) as { code: string }).code, 'unavailable')
  const silent = open(await acceptSockets(() => {}))
  const late = await fetch(`${await proxyTo(silent.url)}/api/v1/orders`, { method: 'POST', body: '{}' })
  assert.deepEqual([late.status, ((await late.json()) as { code: string }).code], [504, 'no-answer'])
})

test('a service that closes its half of the connection after the request does not hold the client (PLT-15)', async () => {
  const half = open(await acceptSockets((socket) => socket.once('data', () => socket.end())))
  const response = await fetch(`${await proxyTo(half.url)}/api/v1/orders`, { method: 'POST', body: '{}' })
  assert.equal(response.status, 504)
})

test('an answer that ends too early ends the connection, and is no complete answer (PLT-15)', async () => {
  const cut = open(
    await acceptSockets((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')
        setImmediate(() => socket.destroy())
      }),
    ),
  )
  const response = await fetch(`${await proxyTo(cut.url)}/api/v1/teas`)
  await assert.rejects(response.text())
})

test('a copy that died is no error for a client, and the other one answers (PLT-15)', async () => {
  const address = await proxyTo([await deadUrl(), (await describing()).url])
  for (let i = 0; i < 4; i++) {
    const seen = await seenBy(address, { method: 'POST', body: `tea ${i}`, headers: { 'content-type': 'text/plain' } })
    assert.equal(seen.body, `tea ${i}`)
  }
})

test('server-sent events arrive as they are sent, and a client that leaves ends the stream (PLT-15)', async () => {
  let stream: { write: (text: string) => void } | undefined
  let ended = false
  const service = open(
    await serve((request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: first\n\n')
      stream = response
      request.socket.once('close', () => (ended = true))
    }),
  )
  const sent = httpRequest(`${await proxyTo(service.url)}/api/v1/orders/events`).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const next = async () => String((await once(response, 'data'))[0])
  assert.equal(await next(), 'data: first\n\n')
  const second = next()
  stream?.write('data: second\n\n')
  assert.equal(await second, 'data: second\n\n')
  sent.destroy()
  await eventually(() => assert.equal(ended, true))
})

test('a client that gives up ends its request at the service, also before the answer (PLT-15)', async () => {
  const started = Promise.withResolvers<void>()
  let ended = false
  const silent = open(
    await serve((request) => {
      request.socket.once('close', () => (ended = true))
      started.resolve()
    }),
  )
  const sent = httpRequest(`${await proxyTo(silent.url, {}, 60_000)}/api/v1/teas`).end()
  sent.on('error', () => {})
  await started.promise
  sent.destroy()
  await eventually(() => assert.equal(ended, true))
})

test('a body of 40 MB goes through in both directions (PLT-15)', async () => {
  const service = open(await serve((request, response) => void request.pipe(response)))
  const address = await proxyTo(service.url)
  const part = Buffer.alloc(1 << 20, 7)
  async function* parts() {
    for (let i = 0; i < 40; i++) yield part
  }
  const init = { method: 'POST', body: parts(), duplex: 'half' } as unknown as RequestInit
  const response = await fetch(`${address}/api/v1/media`, init)
  let received = 0
  for await (const chunk of response.body ?? []) received += chunk.length
  assert.equal(received, 40 << 20)
})

test('a service may refuse a large body before it has arrived (PLT-15)', async () => {
  const service = open(
    await serve((_request, response) => void response.writeHead(413, { connection: 'close' }).end('too large')),
  )
  const port = Number(new URL(await proxyTo(service.url)).port)
  const socket: Socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write('POST /api/v1/media HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\nbeginning')
  const [answer] = (await once(socket, 'data')) as [Buffer]
  assert.match(String(answer), /^HTTP\/1\.1 413/)
  socket.destroy()
})

test('an address that asks too often gets 429 (PLT-10, PLT-15)', async () => {
  const limits = { kind: 'on', rates: { gateway: { count: 2, seconds: 60, burst: 2 } } } as const
  // The clients are on the Internet, behind a trusted proxy.
  const address = await proxyTo((await describing()).url, { limits, trustedProxies: ['127.0.0.1'] })
  const statuses = []
  for (let i = 0; i < 3; i++)
    statuses.push((await fetch(`${address}/api/v1/teas`, { headers: { 'x-forwarded-for': '203.0.113.7' } })).status)
  assert.deepEqual(statuses, [200, 200, 429])
})

test('a target that is no path is refused, and closes no service (PLT-15, SEC-3)', async () => {
  const address = await proxyTo((await describing()).url)
  for (const target of [...Array(8).fill('*'), 'x://y/api', 'http://x/api/v1/internal/images', 'api/v1/teas'])
    assert.match(await answerTo(address, target), /^HTTP\/1\.1 400/, target)
  assert.equal((await fetch(`${address}/api/v1/teas`)).status, 200)
})

test('the refusal of a large body arrives, and closes no service (PLT-15, SEC-3)', async () => {
  const shop = fastifyServer({ settings: defaultSettings, log: quietLog, versionedUrl: (url) => url })
  shop.post('/api/v1/auth/login', { bodyLimit: 1000 }, () => ({}))
  open(shop)
  const address = await proxyTo(await shop.listen({ host: '127.0.0.1', port: 0 }))
  const headers = { 'content-type': 'application/json' }
  for (let i = 0; i < 20; i++) {
    const body = JSON.stringify({ text: 'a'.repeat(3 << 20) })
    const response = await fetch(`${address}/api/v1/auth/login`, { method: 'POST', headers, body })
    assert.equal(response.status, 413)
  }
})

test('a service that ends the connection in a body is asked again by the next request (PLT-15, SEC-3)', async () => {
  const cutting = open(
    await serve((request, response) =>
      request.url?.endsWith('/cut') ? request.once('data', () => request.socket.destroy()) : response.end('tea'),
    ),
  )
  const address = await proxyTo(cutting.url)
  for (let i = 0; i < 8; i++) {
    const response = await fetch(`${address}/api/v1/cut`, { method: 'POST', body: 'a'.repeat(4 << 20) })
    assert.equal(response.status, 503)
  }
  assert.equal((await fetch(`${address}/api/v1/teas`)).status, 200)
})

/** The first bytes of the answer to a request line that `fetch` would not send. */
async function answerTo(address: string, target: string): Promise<string> {
  const socket = connect(Number(new URL(address).port), '127.0.0.1')
  socket.on('error', () => {})
  socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return String(answer)
}
