import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import { freePort } from '#platform/db'
import { eventually } from '#platform/testing'
import { minutes } from '#platform/values'
import { senderTo } from '../e2e/http-client.ts'
import { firstOf, placeOrder, registerCustomer, toPickup } from '../e2e/purchase-steps.ts'
import { databaseOf, posad, startShop, temporaryDirectory, type ShopProcess } from './shop-process.ts'

const directory = temporaryDirectory()
const environment = { POSAD_DATA: directory, APP_PORT: String(await freePort()), WORKERS_COUNT: '2', DB_POOL_SIZE: '8' }
let shop: ShopProcess
/** Two programs start after each other. */
const timeout = minutes(2)

/** The processes of a start that serve: children of the first one that run the same program. */
const serversOf = ({ pid }: ShopProcess): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const parent = Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1])
        return parent === pid && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('cli.ts')
      } catch {
        return false
      }
    })
    .map(Number)

/** Reads over a new connection, so that any of the processes may answer. */
const read = async (path: string) =>
  await fetch(`${shop.address}${path}`, { headers: { connection: 'close' }, signal: AbortSignal.timeout(3000) }).then(
    async (answer) => await answer.text(),
  )

test('two processes share a port, and Prometheus reads the metrics of both (PLT-24, PLT-17)', { timeout }, async () => {
  shop = await startShop(environment)
  await eventually(() => assert.ok(shop.output().includes('in 2 processes'), shop.output()), { within: 60_000 })
  assert.equal(serversOf(shop).length, 2)
  const page = await read('/metrics')
  for (const process of ['1', '2'])
    assert.match(page, new RegExp(`^posad_info\\{version="[^"]+",service="posad",process="${process}"\\} 1$`, 'm'))
  assert.equal(page.match(/^# TYPE posad_info gauge$/gm)?.length, 1)
  assert.equal(page.match(/^posad_outbox_dead\{group="ordering"/gm)?.length, 1, 'the database is read by one process')
})

test('all processes show the stock of an order within a second (PLT-8, PLT-24)', async () => {
  const client = { send: senderTo(shop.address) }
  const { access_token } = await registerCustomer(client)
  const { id, variant_id } = await firstOf(client, 'teas')
  const stocks = async () => {
    const pages = await Promise.all(Array.from({ length: 12 }, () => read(`/api/v1/catalog/products/${id}`)))
    type Answer = { variants: { id: string; stock_quantity: number }[] }
    const variants = pages.flatMap((page) => (JSON.parse(page) as Answer).variants)
    return new Set(variants.filter((variant) => variant.id === variant_id).map(({ stock_quantity }) => stock_quantity))
  }
  const [before = assert.fail()] = await stocks()
  await placeOrder(client, access_token, { ...toPickup, items: [{ variant_id, quantity: 1 }] })
  await eventually(async () => assert.deepEqual([...(await stocks())], [before - 1]), { within: 1500, every: 50 })
})

test('a process that dies is replaced, and the shop goes on (PLT-24, REL-2)', { timeout }, async () => {
  const [victim = assert.fail()] = serversOf(shop)
  process.kill(victim, 'SIGKILL')
  await eventually(async () => assert.match(await read('/health'), /healthy/), { within: 30_000 })
  await eventually(
    async () => {
      const servers = serversOf(shop)
      assert.equal(servers.length, 2)
      assert.ok(!servers.includes(victim))
      assert.match(await read('/metrics'), /process="1"[^]*process="2"|process="2"[^]*process="1"/)
    },
    { within: 60_000, every: 200 },
  )
})

test('SIGTERM stops all processes and the database in order (PLT-20)', { timeout }, async () => {
  const servers = serversOf(shop)
  assert.equal(await shop.end('SIGTERM'), 0)
  assert.equal(databaseOf(directory), undefined)
  for (const pid of servers) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
})

test('a worker refuses the embedded database, which belongs to one start (PLT-9)', () => {
  const { status, stderr } = posad('worker', { POSAD_DATA: directory })
  assert.equal(status, 1)
  assert.match(stderr, /^posad: A worker shares the database .*: set DATABASE_URL\n$/)
})
