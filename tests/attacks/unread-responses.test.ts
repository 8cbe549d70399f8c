import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { secrets } from '../e2e/open-shop.ts'
import { startShop, temporaryDirectory, type ShopProcess } from '../start/shop-process.ts'

const port = 23_417
const sockets = 300

let database: TestDatabase
let shop: ShopProcess
before(async () => {
  database = await testDatabase()
  shop = await startShop({
    ...secrets,
    APP_PORT: String(port),
    DATABASE_URL: database.url,
    POSAD_DATA: temporaryDirectory(),
    MIGRATE_ON_START: 'false',
    LOG_LEVEL: 'error',
  })
})
after(async () => {
  await shop.end('SIGTERM')
  await database.close()
})

const megabytes = (): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(shop.pid)], { encoding: 'utf8' })) / 1024

/** The 99th percentile of the milliseconds that another client waits for a list. */
async function p99(): Promise<number> {
  const durations: number[] = []
  for (let count = 0; count < 200; count++) {
    const started = performance.now()
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/catalog/products`, {
      headers: { connection: 'close' },
    })
    assert.equal(response.status, 200)
    await response.arrayBuffer()
    durations.push(performance.now() - started)
  }
  return durations.toSorted((one, other) => one - other)[197] ?? NaN
}

type Flood = Readonly<{ path: string; count: number }>

/** Opens a connection, sends `count` requests at once and reads nothing. */
async function flood({ path, count }: Flood): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.pause()
  socket.write(`GET ${path} HTTP/1.1\r\nhost: shop\r\n\r\n`.repeat(count))
  return socket
}

const floods: readonly Flood[] = [
  { path: '/api/redoc/redoc.standalone.js', count: 1000 },
  { path: '/api/redoc/redoc.standalone.js', count: 16 },
  { path: '/api/openapi.json', count: 16 },
]

for (const { path, count } of floods) {
  test(`${sockets} connections that read none of ${count} × ${path} take no memory and no time of others (F-30)`, async (t) => {
    const [calm, start] = [await p99(), megabytes()]
    const connections = await Promise.all(Array.from({ length: sockets }, () => flood({ path, count })))
    const during = await p99()
    const grown = megabytes() - start
    // The server closes connections whose client reads nothing.
    await eventually(() => assert.equal(connections.filter(isOpen).length, 0), { within: 30_000, every: 200 })
    for (const connection of connections) connection.destroy()
    const later = await p99()
    t.diagnostic(
      `memory +${grown.toFixed(0)} MB; p99 ${calm.toFixed(1)} ms before, ${during.toFixed(1)} during, ${later.toFixed(1)} after`,
    )
    assert.ok(grown < 100, `the memory grew by ${grown.toFixed(0)} MB`)
    assert.ok(during < calm + 250, `others waited ${during.toFixed(0)} ms instead of ${calm.toFixed(0)}`)
  })
}

/** False for a connection that the server closed: a write to it fails. Nothing is read, so nothing else shows it. */
function isOpen(connection: Socket): boolean {
  if (!connection.destroyed) connection.write('\r\n')
  return !connection.destroyed
}
