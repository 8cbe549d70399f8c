import assert from 'node:assert/strict'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { ensureBuild, openBuild } from '../../apps/storefront/build.ts'
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
      for (const host of ['shop.example', 'app.shop.example'])
        for (const path of ['/metrics', '/api/v1/internal/orders'])
          assert.equal((await server.send(`GET ${path}`, { headers: { host } })).status, 404)
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
  const settings = {
    PUBLIC_URL: 'https://shop.example',
    TRUSTED_PROXIES: 'loopback',
    METRICS_TOKEN: 'a-token-of-the-tests-0123456789',
  }
  shop = await openShop(settings, { build: await openBuild(await ensureBuild(() => {})) })
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

/** The answer under the name of the web, and under that of the Mini App. */
const sendToBoth = (line: string) =>
  Promise.all([server.send(line), server.send(line, { headers: { host: 'app.shop.example' } })])

/** The sites that may show an answer in a frame. */
const framersOf = ({ headers }: Awaited<ReturnType<NginxServer['send']>>) =>
  /frame-ancestors ([^;]+)/.exec(String(headers['content-security-policy']))?.[1]

test('Telegram may show the pages of the Mini App in a frame, and no page of the web (PLT-19)', { skip }, async () => {
  const [web, miniApp] = await sendToBoth('GET /ru/catalog')
  assert.deepEqual([web.status, miniApp.status], [200, 200])
  assert.equal(framersOf(web), `'self'`)
  assert.equal(framersOf(miniApp), `'self' https://web.telegram.org https://*.telegram.org`)
  // The rest of the policy is that of the shop, and there is one only.
  const rest = (policy: unknown) => String(policy).replace(/frame-ancestors [^;]+/, '')
  assert.equal(rest(miniApp.headers['content-security-policy']), rest(web.headers['content-security-policy']))
  assert.deepEqual([web.headers['x-robots-tag'], miniApp.headers['x-robots-tag']], [undefined, 'noindex'])
})

test('under the name of the Mini App an answer that no site may frame stays so (PLT-19)', { skip }, async () => {
  for (const path of ['/api/v1/catalog/products', '/api/v1/nowhere', '/api/docs']) {
    const [web, miniApp] = await sendToBoth(`GET ${path}`)
    assert.equal(framersOf(web), `'none'`, path)
    assert.equal(miniApp.headers['content-security-policy'], web.headers['content-security-policy'], path)
    assert.equal(miniApp.status, web.status, path)
  }
})

test(
  'the server of the Mini App inserts Telegram wherever the shop allows itself, and nowhere else (PLT-19)',
  { skip },
  async () => {
    const policies: Readonly<Record<string, string | undefined>> = {
      '/first': `frame-ancestors 'self'; img-src 'self'`,
      '/pay': `form-action 'self'; frame-ancestors 'self' https://web.telegram.org https://*.telegram.org`,
      '/none': undefined,
    }
    const upstream = await startUpstream((request, response) => {
      const policy = policies[request.url ?? '']
      if (policy !== undefined) response.setHeader('content-security-policy', policy)
      response.end('tea')
    })
    const own = await startNginx([upstream.port])
    try {
      const seen: Record<string, unknown> = {}
      for (const path of Object.keys(policies)) {
        const { headers } = await own.send(`GET ${path}`, { headers: { host: 'app.shop.example' } })
        seen[path] = headers['content-security-policy']
      }
      assert.deepEqual(seen, {
        ...policies,
        '/first': `frame-ancestors 'self' https://web.telegram.org https://*.telegram.org; img-src 'self'`,
      })
    } finally {
      await own.close()
      upstream.close()
    }
  },
)
