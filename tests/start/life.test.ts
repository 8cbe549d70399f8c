import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { eventually } from '#platform/testing'
import { freePort } from '#platform/db'
import { databaseOf, isListening, posad, type ShopProcess, startShop, temporaryDirectory } from './shop-process.ts'

const directory = temporaryDirectory()
const app = { POSAD_DATA: directory, APP_PORT: String(await freePort()) }
let shop: ShopProcess

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
const [, purchase = ''] = /## A purchase in five calls[^]*?```sh\n([^]*?)```/.exec(readme) ?? []

const productsOf = async ({ address }: ShopProcess) => {
  const answer = await fetch(`${address}/api/v1/catalog/products?page_size=1`)
  return ((await answer.json()) as { total: number }).total
}

const invariantsHold = () => {
  const { status, stdout } = posad('check', app)
  assert.equal(status, 0, stdout)
  assert.match(stdout, /\d+ invariants hold/)
}

test('the first start opens a furnished shop without a single setting (PLT-13)', async () => {
  shop = await startShop(app)
  assert.ok((await productsOf(shop)) >= 40)
  const home = await fetch(shop.address)
  assert.match(home.headers.get('content-type') ?? '', /^text\/html/)
  const { items } = (await (await fetch(`${shop.address}/api/v1/catalog/products`)).json()) as {
    items: { name: string; in_stock: boolean }[]
  }
  const page = await home.text()
  assert.ok(
    items.some(({ name }) => page.includes(name)),
    'the home page names products',
  )
})

test('the five calls of the README sell an order, and another one when they are made again', async () => {
  for (const time of ['first', 'second']) {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', purchase.replace(/^SHOP=.*$/m, `SHOP=${shop.address}`)], {
      encoding: 'utf8',
    })
    assert.equal(status, 0, stderr)
    const order = JSON.parse(stdout) as { id: string; total_amount: number }
    assert.ok(order.total_amount > 0, `${time}: ${stdout}`)
    await eventually(async () => {
      const page = await (
        await fetch(`${shop.address}/pay/${order.id}`, { headers: { 'accept-language': 'en' } })
      ).text()
      assert.match(page, /Paid/)
    })
  }
})

test('the first admin finds the invitation in a file, which is gone once somebody accepted it (SEC-4)', async () => {
  const file = join(directory, 'invitation.txt')
  await eventually(async () => assert.ok(shop.output().includes(file), shop.output()))
  assert.doesNotMatch(shop.output(), /invitation#/, 'what is printed becomes a log')
  assert.equal((statSync(file).mode & 0o777).toString(8), '600')
  const [link, code] = /^http:\/\/127\.0\.0\.1:\d+\/invitation#([\w-]{43})\n$/.exec(readFileSync(file, 'utf8')) ?? []
  assert.equal((await fetch(link ?? '')).status, 200)
  const person = { email: 'olga@example.org', password: 'oolong at noon', name: 'Olga' }
  const accepted = await fetch(`${shop.address}/api/v1/auth/invitations/accept`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code, ...person }),
  })
  assert.equal(accepted.status, 201, await accepted.text())
  await eventually(async () => assert.equal(existsSync(file), false))
})

test('whoever lost the invitation gets another one at the command line (PLT-21)', () => {
  const { status, stdout } = posad('users invite admin', { ...app, PUBLIC_URL: 'https://shop.example' })
  assert.equal(status, 0)
  assert.match(stdout, /^https:\/\/shop\.example\/invitation#[\w-]{43} /)
})

test('a second start in the same directory names the first one, its address and its process (PLT-13)', () => {
  const { status, stderr, stdout } = posad('start', app)
  assert.deepEqual([status, stdout], [1, ''])
  assert.equal(stderr.trim().split('\n').length, 1, stderr)
  assert.ok(stderr.includes(shop.address) && stderr.includes(`process ${shop.pid}`), stderr)
})

test('an operator looks into a shop that runs (PLT-21)', () => {
  invariantsHold()
  lookInside()
  assert.ok(databaseOf(directory), 'the database of the shop was not stopped by looking')
})

test('Ctrl-C stops everything: the program ends with 0, no database is left (PLT-20)', async () => {
  const database = databaseOf(directory)
  assert.ok(database && (await isListening(database.port)))
  assert.equal(await shop.end('SIGINT'), 0, shop.output())
  assert.equal(databaseOf(directory), undefined)
  assert.equal(await isListening(database.port), false)
})

test('an operator looks into a shop that is closed, and leaves it closed (PLT-21)', () => {
  invariantsHold()
  lookInside()
  assert.equal(databaseOf(directory), undefined)
})

test('the second start is fast and furnishes nothing again (PLT-13)', async () => {
  shop = await startShop(app)
  assert.ok(shop.took < 8000, `${shop.took} ms`)
  assert.doesNotMatch(shop.output(), /Making a database|Added|Applied/)
})

test('a shop killed on the spot opens again, its database still running (S1)', async () => {
  const database = databaseOf(directory)
  const products = await productsOf(shop)
  assert.equal(await shop.end('SIGKILL'), 'SIGKILL')
  assert.ok(database && (await isListening(database.port)), 'the database outlives the program')
  shop = await startShop(app)
  assert.equal(databaseOf(directory)?.pid, database.pid)
  assert.equal(await productsOf(shop), products)
})

test('a shop whose machine died opens again, its database recovered (S1)', async () => {
  const database = databaseOf(directory)
  assert.ok(database)
  const products = await productsOf(shop)
  await shop.end('SIGKILL')
  process.kill(database.pid, 'SIGKILL')
  shop = await startShop(app)
  assert.notEqual(databaseOf(directory)?.pid, database.pid)
  assert.equal(await productsOf(shop), products)
  invariantsHold()
  assert.equal(await shop.end('SIGTERM'), 0)
  assert.equal(databaseOf(directory), undefined)
})

function lookInside(): void {
  const migrations = JSON.parse(posad('migrate status --json', app).stdout) as { state: string }[]
  assert.ok(migrations.length >= 10 && migrations.every(({ state }) => state === 'applied'))
  const groups = JSON.parse(posad('outbox status --json', app).stdout) as { group: string; dead: number }[]
  assert.ok(groups.some(({ group }) => group === 'ordering') && groups.every(({ dead }) => dead === 0))
}
