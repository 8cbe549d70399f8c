import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '#platform/testing'
import { freePort } from '#platform/db'
import { databaseOf, isListening, posad, startShop, temporaryDirectory, type ShopProcess } from './shop-process.ts'

const directory = temporaryDirectory()
const environment = { POSAD_DATA: directory, APP_PORT: String(await freePort()) }
let shop: ShopProcess

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
const [, purchase = ''] = /## A purchase in five calls[^]*?```sh\n([^]*?)```/.exec(readme) ?? []

const productsOf = async ({ address }: ShopProcess) => {
  const response = await fetch(`${address}/api/v1/catalog/products?page_size=1`)
  return ((await response.json()) as { total: number }).total
}

const assertInvariants = () => {
  const { status, stdout } = posad('check', environment)
  assert.equal(status, 0, stdout)
  assert.match(stdout, /\d+ invariants hold/)
}

test('the first start opens a shop with demo goods and needs no settings (PLT-13)', async () => {
  shop = await startShop(environment)
  assert.ok((await productsOf(shop)) >= 40)
  const storage = await fetch(`${shop.address}/health/storage`)
  assert.equal(storage.status, 200, await storage.text())
  const home = await fetch(shop.address)
  assert.match(home.headers.get('content-type') ?? '', /^text\/html/)
  assert.match(home.url, /\/ru$/, 'the address without a language leads to one')
  const { items } = (await (await fetch(`${shop.address}/api/v1/catalog/products`)).json()) as {
    items: { name: string; in_stock: boolean }[]
  }
  const page = await home.text()
  assert.ok(
    items.some(({ name }) => page.includes(name)),
    'the home page names products',
  )
})

test('the five calls of the README place and pay an order, also when they are pasted twice into one terminal (F-68)', async () => {
  const calls = purchase.replace(/^SHOP=.*$/m, `SHOP=${shop.address}`)
  const { status, stdout, stderr } = spawnSync('sh', ['-c', `${calls}\necho; echo ---\n${calls}`], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  const orders = stdout.split('---').map((text) => text.trim().split('\n').at(-1) ?? '')
  assert.equal(orders.length, 2)
  for (const text of orders) {
    const order = JSON.parse(text) as { payment: { confirmation_url: string }; total_amount: number }
    assert.ok(order.total_amount > 0, text)
    await eventually(async () => {
      const address = `${shop.address}${order.payment.confirmation_url}`
      const page = await (await fetch(address, { headers: { 'accept-language': 'en' } })).text()
      assert.match(page, /Paid/)
    })
  }
})

test('the first admin finds the invitation in a file, which is deleted once the invitation is accepted (SEC-4)', async () => {
  const file = join(directory, 'invitation.txt')
  await eventually(async () => assert.ok(shop.output().includes(file), shop.output()))
  assert.doesNotMatch(shop.output(), /invitation#/, 'the output has no secret: it ends up in logs')
  assert.equal((statSync(file).mode & 0o777).toString(8), '600')
  const [link, code] = /^http:\/\/127\.0\.0\.1:\d+\/invitation#([\w-]{43})\n$/.exec(readFileSync(file, 'utf8')) ?? []
  assert.equal((await fetch(link ?? '')).status, 200)
  const admin = { email: 'olga@example.org', password: 'oolong at noon', name: 'Olga' }
  const accepted = await fetch(`${shop.address}/api/v1/auth/invitations/accept`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code, ...admin }),
  })
  assert.equal(accepted.status, 201, await accepted.text())
  await eventually(async () => assert.equal(existsSync(file), false))
})

test('an operator creates another invitation at the command line (PLT-21)', () => {
  const { status, stdout } = posad('users invite admin', { ...environment, PUBLIC_URL: 'https://shop.example' })
  assert.equal(status, 0)
  assert.match(stdout, /^https:\/\/shop\.example\/invitation#[\w-]{43} /)
})

test('a second start in the same directory names the address and the process of the first one (PLT-13)', () => {
  const { status, stderr, stdout } = posad('start', environment)
  assert.deepEqual([status, stdout], [1, ''])
  assert.equal(stderr.trim().split('\n').length, 1, stderr)
  assert.ok(stderr.includes(shop.address) && stderr.includes(`process ${shop.pid}`), stderr)
})

test('an operator inspects a running shop (PLT-21)', () => {
  assertInvariants()
  assertInspection()
  assert.ok(databaseOf(directory), 'the inspection did not stop the database of the shop')
})

test('Ctrl-C stops the program with exit code 0, and its database, also when npm passes the signal on (PLT-20)', async () => {
  const database = databaseOf(directory)
  assert.ok(database && (await isListening(database.port)))
  process.kill(shop.pid, 'SIGINT')
  await sleep(50)
  assert.equal(await shop.end('SIGINT'), 0, shop.output())
  assert.equal(databaseOf(directory), undefined)
  assert.equal(await isListening(database.port), false)
})

test('an operator inspects a stopped shop, and it stays stopped (PLT-21)', () => {
  assertInvariants()
  assertInspection()
  assert.equal(databaseOf(directory), undefined)
})

test('the second start creates nothing again (PLT-13)', async () => {
  shop = await startShop(environment)
  // `bench/` measures PERF-8; a machine that runs other tests at the same time may need longer.
  assert.ok(shop.startTime < 40_000, `${shop.startTime} ms`)
  assert.doesNotMatch(shop.output(), /Making a database|Added|Applied/)
})

test('a shop whose program was killed starts again with the database that is still running (S1)', async () => {
  const database = databaseOf(directory)
  const products = await productsOf(shop)
  assert.equal(await shop.end('SIGKILL'), 'SIGKILL')
  assert.ok(database && (await isListening(database.port)), 'the database outlives the program')
  shop = await startShop(environment)
  assert.equal(databaseOf(directory)?.pid, database.pid)
  assert.equal(await productsOf(shop), products)
})

test('a shop whose program and database were killed starts again after the database recovers (S1)', async () => {
  const database = databaseOf(directory)
  assert.ok(database)
  const products = await productsOf(shop)
  await shop.end('SIGKILL')
  process.kill(database.pid, 'SIGKILL')
  shop = await startShop(environment)
  assert.notEqual(databaseOf(directory)?.pid, database.pid)
  assert.equal(await productsOf(shop), products)
  assertInvariants()
  assert.equal(await shop.end('SIGTERM'), 0)
  assert.equal(databaseOf(directory), undefined)
})

/** Reads the migrations and the consumer groups at the command line. */
function assertInspection(): void {
  const migrations = JSON.parse(posad('migrate status --json', environment).stdout) as { state: string }[]
  assert.ok(migrations.length >= 10 && migrations.every(({ state }) => state === 'applied'))
  const { groups } = JSON.parse(posad('outbox status --json', environment).stdout) as {
    groups: { group: string; dead: number }[]
  }
  assert.ok(groups.some(({ group }) => group === 'ordering') && groups.every(({ dead }) => dead === 0))
}
