import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { afterEach, test } from 'node:test'
import { eventually } from '#platform/testing'
import { acceptSockets, deadUrl, serve, type ListeningServer } from './fixtures/upstreams.ts'
import { NoAnswer, Upstream, type UpstreamRequest } from './index.ts'

const opened: { close: () => Promise<void> }[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})
const open = <Opened extends { close: () => Promise<void> }>(one: Opened): Opened => {
  opened.unshift(one)
  return one
}

type Options = Partial<ConstructorParameters<typeof Upstream>[0]>
const upstreamOf = (urls: readonly string[], options: Options = {}) =>
  open(new Upstream({ service: 'shop', urls, limits: { headers: 300 }, ...options }))

const get = { method: 'GET', path: '/teas', headers: {}, repeat: 'after-loss' } as const
const post = { method: 'POST', path: '/orders', headers: {}, body: 'tea' } as const
const send = async (upstream: Upstream, request: UpstreamRequest = get) => {
  const { status, body } = await upstream.request(request)
  return { status, text: await text(body) }
}
const named = async (name: string, port?: number): Promise<ListeningServer> =>
  open(await serve((request, response) => void request.resume().on('end', () => response.end(name)), port))
/** Reads a request, and closes the connection without an answer. */
const losing = async (count = { requests: 0 }) => {
  const server = open(await acceptSockets((socket) => socket.once('data', () => (count.requests++, socket.destroy()))))
  return { ...server, count }
}
const lost = (error: unknown) => error instanceof NoAnswer && error.sent
const unsent = (error: unknown) => error instanceof NoAnswer && !error.sent

test('a request that was never sent goes to another address, whatever it does (PLT-15)', async () => {
  const upstream = upstreamOf([await deadUrl(), (await named('alive')).url])
  for (let i = 0; i < 4; i++) assert.equal((await send(upstream, post)).text, 'alive')
})

test('a stream that no attempt has read is sent to the next address whole (PLT-15)', async () => {
  const echo = open(await serve((request, response) => void request.pipe(response)))
  const upstream = upstreamOf([await deadUrl(), echo.url])
  async function* parts() {
    yield Buffer.from('oolong ')
    yield Buffer.from('tea')
  }
  for (let i = 0; i < 2; i++) assert.equal((await send(upstream, { ...post, body: parts() })).text, 'oolong tea')
})

test('a write without an answer is not repeated, a read is (PLT-15)', async () => {
  const { url, count } = await losing()
  const upstream = upstreamOf([url, (await named('alive')).url])
  const outcomes: string[] = []
  for (let i = 0; i < 2; i++) {
    const outcome = await send(upstream, post).catch((error: unknown) => (lost(error) ? 'unknown' : 'wrong'))
    outcomes.push(typeof outcome === 'string' ? outcome : outcome.text)
  }
  assert.deepEqual([outcomes, count.requests], [['unknown', 'alive'], 1])
  for (let i = 0; i < 4; i++) assert.equal((await send(upstream)).text, 'alive')
})

test('the only address gets a second attempt of a read, and no third (PLT-15)', async () => {
  const { url, count } = await losing()
  await assert.rejects(send(upstreamOf([url])), lost)
  assert.equal(count.requests, 2)
})

test('a silent service ends a request in time, and is not asked twice (PLT-15)', async () => {
  let requests = 0
  const silent = open(await acceptSockets((socket) => socket.on('data', () => requests++)))
  await assert.rejects(send(upstreamOf([silent.url])), lost)
  assert.equal(requests, 1)
})

test('a call that may be repeated is repeated after its time limit (PLT-14)', async () => {
  let requests = 0
  const slow = open(
    await serve((_request, response) => {
      if (++requests > 1) response.end('held')
    }),
  )
  const held = await send(upstreamOf([slow.url]), { ...post, repeat: 'after-loss-or-timeout', timeLimit: 200 })
  assert.deepEqual([held.text, requests], ['held', 2])
})

test('a request goes to the address with the fewest running ones (PLT-15)', async () => {
  const waiting: (() => void)[] = []
  const counts = [0, 0]
  const copies = await Promise.all(
    counts.map(async (_, i) =>
      open(
        await serve((_request, response) => {
          counts[i]!++
          waiting.push(() => response.end())
        }),
      ),
    ),
  )
  const upstream = upstreamOf(
    copies.map(({ url }) => url),
    { limits: { headers: 5000 } },
  )
  const all = Promise.all(Array.from({ length: 10 }, () => send(upstream)))
  while (waiting.length < 10) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(counts, [5, 5])
  for (const answer of waiting) answer()
  await all
})

test('an address that refuses connections is ejected, and gets requests again when it is back (PLT-15)', async () => {
  const first = await named('first')
  const upstream = upstreamOf([first.url, (await named('second')).url])
  const answers = async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => send(upstream)))
    return [...new Set(all.map(({ text }) => text))].toSorted()
  }
  assert.deepEqual(await answers(), ['first', 'second'])
  await first.close()
  assert.deepEqual(await answers(), ['second'])
  await named('first again', first.port)
  await eventually(async () => assert.deepEqual(await answers(), ['first again', 'second']))
})

test('after five requests without an answer the service is not asked for a second (PLT-15)', async () => {
  const url = await deadUrl()
  const upstream = upstreamOf([url])
  for (let i = 0; i < 5; i++) await assert.rejects(send(upstream), unsent)
  const back = await named('back', Number(new URL(url).port))
  await assert.rejects(send(upstream), (error: Error) => !(error instanceof NoAnswer) && error.name === 'Unavailable')
  await back.close()
})

test('a name is resolved to all its addresses, and a name that does not resolve is no answer (PLT-15)', async () => {
  const { port } = await named('tea')
  const found = upstreamOf([`http://shop.internal:${port}`], { resolve: async () => ['127.0.0.1', '127.0.0.1'] })
  assert.equal((await send(found)).text, 'tea')
  const unknown = upstreamOf([`http://shop.internal:${port}`], {
    resolve: async () => {
      throw Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' })
    },
  })
  await assert.rejects(send(unknown), unsent)
})

test('a caller that gives up ends its request and says nothing about the service (PLT-15)', async () => {
  const silent = open(await acceptSockets(() => {}))
  const upstream = upstreamOf([silent.url], { limits: { headers: 60_000 } })
  for (let i = 0; i < 6; i++) {
    const caller = new AbortController()
    const request = send(upstream, { ...get, signal: caller.signal })
    caller.abort(new Error('the client is gone'))
    await assert.rejects(request, /the client is gone/)
  }
})
