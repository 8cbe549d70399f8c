import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, suite, test } from 'node:test'
import { Type } from 'typebox'
import type { Authenticate, Caller } from '#platform/access'
import type { Module } from '#platform/module'
import { notFound } from '#platform/outcome'
import { openLogs } from '#platform/telemetry'
import { anna, authenticateTest, bearer, boris, eventually, guest, openTestApi, testDatabase } from '#platform/testing'
import type { TestDatabase } from '#platform/testing'
import { streamEvents, streamHeaders, streamTokenFor, streamTokenQuery, type NewEvents } from '../index.ts'
import { openStreamTokens } from './stream-tokens.ts'

type Read = (after: number) => Promise<NewEvents<object> | ReturnType<typeof notFound>>

const nothingNew: Read = async () => ({ kind: 'found', events: [], isOver: false })

/** The streams `/prices` for everybody and `/own-prices` for users; both read with `read`. */
const pricesModule = (read: Read): Module => ({
  name: 'prices',
  api: {},
  routes: [
    (http) => {
      const open = { schema: { headers: streamHeaders }, config: { access: 'anyone' } } as const
      http.get('/prices', open, (request, reply) => streamEvents(request, reply, read))
      const link = { schema: { ...open.schema, params: Type.Object({ token: Type.String() }) }, config: open.config }
      http.get('/prices/by-link/:token', link, (request, reply) => streamEvents(request, reply, read))
      const own = {
        schema: { headers: streamHeaders, querystring: streamTokenQuery },
        config: { access: 'user', streamToken: true },
      } as const
      http.get('/own-prices', own, (request, reply) => streamEvents(request, reply, read))
      const body = Type.Object({ path: Type.String({ maxLength: 100 }) }, { additionalProperties: false })
      http.post(
        '/tokens',
        { schema: { body }, config: { access: 'user', repeat: 'Issues another token.' } },
        (request) => streamTokenFor(request, request.body.path),
      )
    },
  ],
})

let database: TestDatabase
before(async () => {
  database = await testDatabase({ parts: [] })
})
after(() => database.close())

const caps = { perUser: 2, perAddress: 100, total: 200 }

async function openPrices(read: Read = nothingNew, authenticate: Authenticate = authenticateTest) {
  const api = await openTestApi([pricesModule(read)], { authenticate, settings: { streams: caps } })
  const address = new URL(await api.http.listen({ port: 0, host: '127.0.0.1' }))
  // fetch ends a stream when its response is collected as garbage.
  const responses: Response[] = []
  const get = async (path: string, caller: Caller = guest, signal?: AbortSignal) => {
    const response = await fetch(new URL(`/api/v1${path}`, address), {
      headers: caller.kind === 'guest' ? {} : { authorization: bearer(caller) },
      ...(signal && { signal }),
    })
    responses.push(response)
    return response
  }
  /** Sends the request for a stream on a socket of its own. */
  const send = () => {
    const socket = connect(Number(address.port), address.hostname)
    socket.on('error', () => {})
    socket.write('GET /api/v1/prices HTTP/1.1\r\nhost: shop\r\n\r\n')
    return socket
  }
  return { api, get, send, slots: api.http.streams.slots, close: api.close }
}

void suite('streams of events', { concurrency: true }, () => {
  test('a client that is gone before the first read ends leaves its slot free (F-32)', async () => {
    const reading = Promise.withResolvers<void>()
    const answered = Promise.withResolvers<void>()
    const prices = await openPrices(async (after) => {
      reading.resolve()
      await answered.promise
      return await nothingNew(after)
    })
    const socket = prices.send()
    await reading.promise
    assert.equal(prices.slots.taken, 1, 'the slot is taken before the first read')
    socket.resetAndDestroy()
    await eventually(() => assert.equal(prices.slots.taken, 0))
    answered.resolve()
    await prices.close()
    assert.equal(prices.slots.taken, 0)
  })

  test('after two thousand clients that disconnect at once, streams open as before (F-32)', async () => {
    const prices = await openPrices()
    const resetOne = (i: number) =>
      new Promise<void>((resolve) => {
        const socket = prices.send().on('close', () => resolve())
        setTimeout(() => socket.resetAndDestroy(), i % 20)
      })
    for (let round = 0; round < 10; round++) await Promise.all(Array.from({ length: 200 }, (_, i) => resetOne(i)))
    await eventually(() => assert.equal(prices.slots.taken, 0))
    const disconnect = new AbortController()
    assert.equal((await prices.get('/prices', guest, disconnect.signal)).status, 200)
    disconnect.abort()
    await prices.close()
  })

  test('a first read that fails or finds nothing is answered, and leaves its slot free (F-32)', async () => {
    const broken = await openPrices(() => Promise.reject(new Error('broken')))
    assert.equal((await broken.get('/prices')).status, 500)
    await eventually(() => assert.equal(broken.slots.taken, 0))
    await broken.close()
    const empty = await openPrices(async () => notFound('prices'))
    assert.equal((await empty.get('/prices')).status, 404)
    await eventually(() => assert.equal(empty.slots.taken, 0))
    await empty.close()
  })

  test('a server that stops frees the slots of all streams (F-32, PLT-20)', async () => {
    const prices = await openPrices()
    const streams = await Promise.all([prices.get('/prices'), prices.get('/own-prices', anna)])
    assert.equal(prices.slots.taken, 2)
    await prices.close()
    for (const stream of streams) assert.equal(await stream.text(), ': hello\n\n')
    assert.equal(prices.slots.taken, 0)
  })

  test('a user opens a few streams, and another user is not affected (F-33)', async () => {
    const prices = await openPrices()
    await Promise.all([prices.get('/own-prices', anna), prices.get('/own-prices', anna)])
    const refused = await prices.get('/own-prices', anna)
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '10'])
    assert.match(await refused.text(), /"code":"too-many-streams"/)
    assert.equal((await prices.get('/own-prices', boris)).status, 200)
    assert.equal(prices.slots.taken, 3)
    await prices.close()
  })

  test('one private link opens a few streams, and another link is not affected (F-33)', async () => {
    const prices = await openPrices()
    const link = (token: string) => prices.get(`/prices/by-link/${token}`)
    await Promise.all([link('one'), link('one')])
    assert.equal((await link('one')).status, 429)
    assert.equal((await link('other')).status, 200)
    assert.equal(prices.slots.taken, 3)
    await prices.close()
  })

  test('a hundred streams are read in one turn of the event loop, so that one statement serves all (F-33)', async () => {
    let turn: Promise<void> | undefined
    const turns: number[] = []
    const prices = await openPrices(async (after) => {
      if (turn) turns[turns.length - 1] = (turns.at(-1) ?? 0) + 1
      else {
        turns.push(1)
        turn = Promise.resolve()
        process.nextTick(() => (turn = undefined))
      }
      return await nothingNew(after)
    })
    await Promise.all(Array.from({ length: 100 }, () => prices.get('/prices')))
    await eventually(() => assert.equal(turns.at(-1), 100))
    await prices.close()
  })

  test('a stream ends when the session ends or the role changes, and others go on (F-34)', async () => {
    let role = 'courier'
    let hasSession = true
    const prices = await openPrices(nothingNew, async (token) => {
      const caller = await authenticateTest(token)
      if (caller?.kind !== 'user' || caller.user_id !== anna.user_id) return caller
      return hasSession ? { ...caller, role } : undefined
    })
    const [first, other] = await Promise.all([prices.get('/own-prices', anna), prices.get('/own-prices', boris)])
    role = 'customer'
    assert.equal(await first.text(), ': hello\n\n')
    const second = await prices.get('/own-prices', anna)
    hasSession = false
    assert.equal(await second.text(), ': hello\n\n')
    assert.equal((await prices.get('/own-prices', anna)).status, 401)
    assert.equal(prices.slots.taken, 1)
    await prices.close()
    assert.equal(await other.text(), ': hello\n\n')
  })

  test('a stream goes on while the session cannot be checked (F-34)', async () => {
    let checks = 0
    const prices = await openPrices(nothingNew, (token) =>
      checks++ === 0 ? authenticateTest(token) : Promise.reject(new Error('away')),
    )
    await prices.get('/own-prices', anna)
    await eventually(() => assert.ok(checks >= 2))
    assert.equal(prices.slots.taken, 1)
    await prices.close()
  })

  test('a stream token opens its stream for its user, and nothing else (F-54)', async () => {
    const prices = await openPrices()
    const path = '/api/v1/own-prices'
    const response = await prices.api.send(anna, 'POST /tokens', { body: { path } })
    const { url, stream_token, expires_in } = response.body as Record<string, string>
    assert.equal(expires_in, 60)
    assert.ok(!Buffer.from(stream_token ?? '', 'base64url').includes(bearer(anna).slice('Bearer '.length)))
    assert.equal((await prices.get(url?.slice('/api/v1'.length) ?? '')).status, 200)
    for (const other of [`/own-prices?stream_token=x`, '/own-prices?stream_token=', '/own-prices'])
      assert.equal((await prices.get(other)).status, 401, other)
    const foreign = await prices.api.send(anna, 'POST /tokens', { body: { path: '/api/v1/other-prices' } })
    const { stream_token: forOther } = foreign.body as Record<string, string>
    assert.equal((await prices.get(`/own-prices?stream_token=${forOther}`)).status, 401)
    assert.equal((await prices.get(`/prices?stream_token=${stream_token}`)).status, 400, 'the route takes no token')
    const headers = { authorization: `Bearer ${stream_token}` }
    const asBearer = await prices.api.http.inject({ url: path, headers })
    assert.equal(asBearer.statusCode, 401, 'it is no access token')
    await prices.close()
  })
})

test('no log line has the stream token of a request (F-54)', async () => {
  let written = ''
  const to = { write: (line: string) => void (written += line) }
  const log = openLogs({ service: 'posad', version: '1', level: 'debug', format: 'json', to })('http')
  const api = await openTestApi([pricesModule(async () => notFound('prices'))], { log })
  const { body } = await api.send(anna, 'POST /tokens', { body: { path: '/api/v1/own-prices' } })
  const { stream_token = '' } = body as Record<string, string>
  assert.equal((await api.send(guest, `GET /own-prices?stream_token=${stream_token}`)).status, 404)
  log.info({ stream_token, note: `/own-prices?stream_token=${stream_token}` }, 'a careless line')
  await api.close()
  assert.match(written, /"action":"GET \/api\/v1\/own-prices"/)
  assert.match(written, /a careless line/)
  assert.ok(!written.includes(stream_token))
})

test('a stream token ends after a minute, and no bit of it may change (F-54)', () => {
  let now = 1_000_000
  const tokens = openStreamTokens('a secret of the shop', () => now)
  const token = tokens.seal('access', '/one')
  assert.equal(tokens.open(token, '/one'), 'access')
  assert.equal(tokens.open(token, '/other'), undefined)
  assert.equal(openStreamTokens('another secret', () => now).open(token, '/one'), undefined)
  const bytes = Buffer.from(token, 'base64url')
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes)
    changed[i] = changed[i]! ^ 1
    assert.equal(tokens.open(changed.toString('base64url'), '/one'), undefined)
  }
  now += 59_999
  assert.equal(tokens.open(token, '/one'), 'access')
  now += 1
  assert.equal(tokens.open(token, '/one'), undefined)
})
