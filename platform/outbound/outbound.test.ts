import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { connect, createServer as createTcpServer, type AddressInfo, type Server } from 'node:net'
import { after, test } from 'node:test'
import { openOutbound, wrongTarget } from './index.ts'
import { isPublicAddress } from './public-address.ts'
import { publicLookup, type ResolvedAddress } from './resolve-public.ts'

const cleanups: (() => unknown)[] = []
after(async () => {
  for (const clean of cleanups) await clean()
})

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => server.close())
  return (server.address() as AddressInfo).port
}

async function listen(handle: RequestListener): Promise<string> {
  const server = createServer(handle)
  cleanups.push(() => server.closeAllConnections())
  return `http://127.0.0.1:${await portOf(server)}`
}

const open = (options: Partial<Parameters<typeof openOutbound>[0]> = {}) => {
  const outbound = openOutbound({ reach: 'any', timeLimit: 3000, ...options })
  cleanups.push(outbound.close)
  return outbound
}
const post = (outbound: ReturnType<typeof open>, url: string) =>
  outbound.post({ url, headers: {}, body: '{}', signal: new AbortController().signal })

test('only addresses that the Internet routes are public (CAT-15, A10)', () => {
  const isPrivate = `127.0.0.1 127.9.9.9 0.0.0.0 10.1.2.3 100.64.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.168.1.1
    192.0.0.1 192.0.2.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 240.0.0.1 255.255.255.255 ::1 :: ::ffff:127.0.0.1
    ::ffff:8.8.8.8 ::ffff:7f00:1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 fc00::1 fd12::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1
    2001::1 2001:db8::1 2002:7f00:1:: 3fff::1 localhost`
  for (const address of isPrivate.trim().split(/\s+/)) assert.equal(isPublicAddress(address), false, address)
  for (const address of ['1.1.1.1', '8.8.8.8', '100.128.0.1', '172.32.0.1', '2606:4700::1111', '2a00:1450:4010::8b'])
    assert.equal(isPublicAddress(address), true, address)
})

test('a URL of a local or private place is refused in every spelling (CAT-15, A10)', () => {
  const refused = {
    'address-not-public': `https://localhost https://localhost. https://shop https://a.localhost https://printer.local
      https://metadata.google.internal https://127.0.0.1 https://2130706433 https://0177.1 https://0x7f.1 https://127.1
      https://[::1] https://[::ffff:127.0.0.1] https://[::ffff:7f00:1] https://[fd00::1] https://169.254.169.254/latest
      https://%6c%6fcalhost https://①②⑦.0.0.1`,
    'not-https': 'http://example.org http://127.0.0.1',
    'port-not-allowed': 'https://example.org:5432 https://example.org:22 https://127.0.0.1:6379 https://example.org:80',
    'has-credentials': 'https://user@example.org https://user:password@example.org https://example.org@127.0.0.1',
    malformed:
      'file:///etc/passwd gopher://example.org data:text/plain,x //example.org example.org https:// ftp://a.org',
  }
  for (const [reason, urls] of Object.entries(refused))
    for (const url of urls.trim().split(/\s+/)) assert.equal(wrongTarget(url, 'public'), reason, url)
  for (const url of ['https://example.org', 'https://example.org:8443/a?b=c', 'https://1.1.1.1', 'https://пример.рф'])
    assert.equal(wrongTarget(url, 'public'), undefined, url)
  assert.equal(wrongTarget('http://127.0.0.1:8080', 'any'), undefined)
})

test('a name that leads to a private address gets no connection, also when its first answer was public (CAT-15, A10)', async () => {
  let connections = 0
  const server = createTcpServer((socket) => {
    connections++
    socket.destroy()
  })
  const port = await portOf(server)
  const answers: ResolvedAddress[][] = [
    [{ address: '127.0.0.1', family: 4 }],
    [
      { address: '8.8.8.8', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ],
    [{ address: '::ffff:127.0.0.1', family: 6 }],
  ]
  for (const answer of answers) {
    const outbound = open({ reach: 'public', resolve: async () => answer })
    const result = await post(outbound, 'https://rebinding.example.org:8443/')
    assert.equal(result.kind === 'failed' && result.reason, 'address-not-public', JSON.stringify(answer))
  }
  // The same lookup, with the port of a server that is there: the connection uses the addresses that were checked.
  let resolutions = 0
  const lookup = publicLookup(async () => {
    resolutions++
    return [{ address: '127.0.0.1', family: 4 }]
  })
  const socket = connect({ host: 'rebinding.example.org', port, lookup })
  const [error] = (await once(socket, 'error')) as [Error]
  assert.equal(error.name, 'AddressNotPublic')
  assert.deepEqual([resolutions, connections], [1, 0])
})

test('a connection goes to the addresses that were checked, after one resolution (CAT-15, A10)', async () => {
  const asked: string[] = []
  const lookup = publicLookup(async (hostname) => {
    asked.push(hostname)
    return [{ address: asked.length === 1 ? '1.1.1.1' : '127.0.0.1', family: 4 }]
  })
  const found = await new Promise((resolve) =>
    lookup('example.org', { all: true }, (error, addresses) => resolve(error ?? addresses)),
  )
  assert.deepEqual(found, [{ address: '1.1.1.1', family: 4 }])
  const one = await new Promise((resolve) => lookup('example.org', {}, (error) => resolve(error?.name)))
  assert.equal(one, 'AddressNotPublic')
})

test('a redirect is not followed (CAT-15, A10)', async () => {
  let reached = 0
  const inside = await listen((_request, response) => {
    reached++
    response.end('secret')
  })
  const outside = await listen((_request, response) => response.writeHead(307, { location: inside }).end())
  const result = await post(open(), outside)
  assert.deepEqual([result.kind === 'response' && result.status, reached], [307, 0])
})

test('an endless response is cut, and a slow one ends at the time limit (CAT-15, A10)', async () => {
  let written = 0
  const endless = await listen((_request, response) => {
    response.writeHead(200)
    const write = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536))) written += 65_536
    }
    response.on('drain', write)
    write()
  })
  const cut = await post(open(), endless)
  assert.equal(cut.kind === 'response' && cut.excerpt, 'x'.repeat(1000))
  assert.ok(written < 50_000_000, `${written} bytes were written`)

  const silent = await listen(() => {})
  const late = await post(open({ timeLimit: 200 }), silent)
  assert.equal(late.kind === 'failed' && late.reason, 'timeout')
  assert.ok(late.duration >= 190, `${late.duration} ms`)

  const drip = await listen((_request, response) => void response.writeHead(200).write('slow'))
  const begun = await post(open({ timeLimit: 200 }), drip)
  assert.deepEqual(begun.kind === 'response' && [begun.status, begun.excerpt], [200, 'slow'])
})

test('an excerpt has no control characters, and a failure has a reason (CAT-15)', async () => {
  const strange = await listen((_request, response) => response.end('a\0b\u001b[2J\nc\u202e'))
  const result = await post(open(), strange)
  assert.equal(result.kind === 'response' && result.excerpt, 'a b [2J c ')
  const { port } = new URL(await listen(() => {}))
  const refused = await post(open({ reach: 'public' }), `https://127.0.0.1:${port}`)
  assert.equal(refused.kind === 'failed' && refused.reason, 'port-not-allowed')
  const closed = createTcpServer()
  const free = await portOf(closed)
  await new Promise((resolve) => closed.close(resolve))
  const away = await post(open(), `http://127.0.0.1:${free}`)
  assert.equal(away.kind === 'failed' && away.reason, 'no-response')
  const unknown = open({
    reach: 'public',
    resolve: () => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' })),
  })
  const nowhere = await post(unknown, 'https://nowhere.example.org')
  assert.equal(nowhere.kind === 'failed' && nowhere.reason, 'unknown-host')
})

test('a request ends when its caller gives up (CAT-15)', async () => {
  const silent = await listen(() => {})
  const end = new AbortController()
  const sent = open().post({ url: silent, headers: {}, body: '', signal: end.signal })
  end.abort(new Error('the program stops'))
  await assert.rejects(sent, /the program stops/)
})
