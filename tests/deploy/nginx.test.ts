import assert from 'node:assert/strict'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { openShop, topology, type Shop } from '../e2e/open-shop.ts'
import { firstOf, placeOrder, toPickup } from '../e2e/purchase-steps.ts'
import { hasNginx, startNginx, type NginxServer } from './nginx-server.ts'

const isHere = hasNginx && topology === 'one'
const skip = isHere ? false : 'needs nginx: apt-get install nginx-light'

/** A server that notes the requests it gets. */
async function startUpstream(answer: RequestListener) {
  const seen: (readonly [line: string, headers: IncomingHttpHeaders])[] = []
  const server = createServer((request, response) => {
    seen.push([`${request.method} ${request.url}`, request.headers])
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, seen, close: () => server.close() }
}

test(
  'nginx replaces what a client says of its address, and keeps programs out of the private routes (PLT-19)',
  { skip },
  async () => {
    const upstream = await startUpstream((_request, response) => response.end('tea'))
    const server = await startNginx([upstream.port])
    try {
      const headers = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'http' }
      assert.equal((await server.send('GET /', { headers })).body, 'tea')
      const [, received] = upstream.seen[0] ?? []
      assert.deepEqual(
        [received?.['x-forwarded-for'], received?.['x-forwarded-proto'], received?.host],
        ['127.0.0.1', 'https', 'shop.example'],
      )
      for (const path of ['/metrics', '/api/v1/internal/orders'])
        assert.equal((await server.send(`GET ${path}`)).status, 404)
      assert.equal(upstream.seen.length, 1)
    } finally {
      await server.close()
      upstream.close()
    }
  },
)

test('http redirects to https, except the proof for a certificate (PLT-19)', { skip }, async () => {
  const server = await startNginx([1])
  try {
    const redirected = await fetch(`${server.http}/catalog?q=1`, {
      redirect: 'manual',
      headers: { host: 'shop.example' },
    })
    assert.equal(redirected.status, 301)
    assert.match(redirected.headers.get('location') ?? '', /^https:\/\/[^/]+\/catalog\?q=1$/)
    assert.equal(await (await fetch(`${server.http}/.well-known/acme-challenge/token`)).text(), 'a proof')
  } finally {
    await server.close()
  }
})

test(
  'a read goes to another copy when one breaks off; a write is never sent twice (PLT-19, REL-1)',
  { skip },
  async () => {
    const broken = await startUpstream((request) => request.socket.destroy())
    const healthy = await startUpstream((_request, response) => response.end('tea'))
    const server = await startNginx([broken.port, healthy.port])
    try {
      const reads = await Promise.all(Array.from({ length: 4 }, () => server.send('GET /')))
      assert.deepEqual(
        reads.map(({ body }) => body),
        ['tea', 'tea', 'tea', 'tea'],
      )
      assert.ok(broken.seen.length > 0)
      const before = broken.seen.length + healthy.seen.length
      const writes = []
      for (let i = 0; i < 4; i++) writes.push((await server.send('POST /api/v1/orders')).status)
      assert.ok(writes.every((status) => status === 200 || status === 502))
      assert.equal(broken.seen.length + healthy.seen.length - before, 4)
    } finally {
      await server.close()
      broken.close()
      healthy.close()
    }
  },
)

test('a flood of one address gets 429, and the shop sees a part of it (PLT-19)', { skip }, async () => {
  const upstream = await startUpstream((_request, response) => response.end('tea'))
  const server = await startNginx([upstream.port])
  try {
    const flood: number[] = []
    for (let round = 0; round < 8; round++) {
      const sent = await Promise.all(Array.from({ length: 50 }, () => server.send('GET /')))
      flood.push(...sent.map(({ status }) => status))
    }
    assert.ok(flood.includes(429))
    assert.ok(upstream.seen.length < 400)
    assert.equal(upstream.seen.length, flood.filter((status) => status === 200).length)
  } finally {
    await server.close()
    upstream.close()
  }
})

let shop: Shop
let server: NginxServer
before(async () => {
  if (!isHere) return
  shop = await openShop({
    PUBLIC_URL: 'https://shop.example',
    TRUSTED_PROXIES: 'loopback',
    METRICS_TOKEN: 'a-token-of-the-tests-0123456789',
  })
  server = await startNginx([Number(new URL(shop.address).port)])
})
after(async () => {
  await server?.close()
  await shop?.close()
})

test('behind nginx the shop answers over https, and its events arrive at once (PLT-19)', { skip }, async () => {
  const list = await server.send('GET /api/v1/catalog/products')
  assert.equal(list.status, 200)
  assert.match(String(list.headers['strict-transport-security']), /max-age/)
  const as = await shop.customer()
  const { variant_id } = await firstOf(shop, 'teas')
  const { id } = await placeOrder(shop, as, { ...toPickup, items: [{ variant_id, quantity: 1 }] })
  const headers = { authorization: `Bearer ${as}`, accept: 'text/event-stream' }
  const stream = await server.send(`GET /api/v1/orders/${id}/events`, { headers, whole: false })
  assert.equal(stream.status, 200)
  assert.match(stream.body, /^(id|event|data|retry|:)/m)
})
