import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { sql } from 'kysely'
import { restoreDatabase, verifyFiles, writeBackup, type BackedUpDatabase } from '#platform/backup'
import { skipWithout, testServers } from '#platform/broker/testing'
import { pauseIngest, restoreStatements } from '#platform/events'
import { restoredJobs } from '#platform/jobs'
import { eventually, expectResponse, testDatabase, type TestDatabase } from '#platform/testing'
import { minutes } from '#platform/values'
import { migrateDatabase } from '../../apps/app.ts'
import { readAppConfig } from '../../apps/config/config.ts'
import { databasesOf, servicesOf, wholeName, type ShopDatabase } from '../../apps/database/databases.ts'
import { databaseVariableOf, modulesOf, serviceNames } from '../../apps/services/services.ts'
import { senderTo } from './http-client.ts'
import { openServices } from './open-services.ts'
import { openShop, secrets, staff, topology } from './open-shop.ts'
import { openOwnDatabases } from './own-databases.ts'
import { firstOf, orderBecomes, placeOrder, press, registerCustomer, toPickup } from './purchase-steps.ts'

type Client = Readonly<{ send: ReturnType<typeof senderTo>; address: string }>
type Sold = Readonly<{ id: string; as: string }>

/** Buys tea again and again until it is stopped. Requests to a shop that closes may fail. */
function startBuying(client: Client) {
  const sold: Sold[] = []
  let stopped = false
  const buying = (async () => {
    const { access_token: as } = await registerCustomer(client)
    const { variant_id } = await firstOf(client, 'teas')
    const delta = { body: { delta: 10_000, reason: 'enough for a fast machine' } }
    expectResponse(await client.send(staff, `POST /admin/variants/${variant_id}/stock`, delta), 201)
    while (!stopped) {
      const { id } = await placeOrder(client, as, { ...toPickup, items: [{ variant_id, quantity: 1 }] })
      sold.push({ id, as })
      await orderBecomes(client, { id, as }, 'processing')
      await press(client, id, 'approve')
    }
  })()
  return {
    sold,
    /** Rejects when a purchase fails. */
    failed: buying,
    stop: async () => {
      stopped = true
      await buying
    },
  }
}

const untilSold = async ({ sold, failed }: ReturnType<typeof startBuying>, count: number) =>
  await Promise.race([failed, eventually(() => assert.ok(sold.length >= count), { within: minutes(1) })])

async function emptyDatabase(): Promise<TestDatabase> {
  const database = await testDatabase({ size: 2 })
  const { rows } = await sql<{ nspname: string }>`
    select nspname from pg_namespace where nspname !~ '^pg_' and nspname not in ('information_schema', 'public')
  `.execute(database.db)
  for (const { nspname } of rows) await sql`drop schema ${sql.id(nspname)} cascade`.execute(database.db)
  return database
}

/** Backs up `from` while `traffic` goes on, and restores it into `into`, database by database. */
async function moveTo(into: readonly ShopDatabase[], from: readonly BackedUpDatabase[]) {
  const directory = await mkdtemp(join(tmpdir(), 'posad-backup-'))
  const onProgress = () => {}
  const manifest = await writeBackup({
    databases: from,
    pause: pauseIngest,
    listFiles: async () => new Map(),
    directory,
    version: '0',
    onProgress,
  })
  return {
    restore: async () => {
      await verifyFiles(directory, manifest)
      for (const { name, url, modules } of into) {
        const database = manifest.databases.find((one) => one.name === name) ?? assert.fail(`no database ${name}`)
        const migrate = async () => await migrateDatabase(url, modules)
        const afterwards = [...restoreStatements, ...restoredJobs]
        const { id } = manifest
        await restoreDatabase({ url, directory, id, database, migrate, afterwards, onProgress })
      }
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Carries every order that the restored shop has to its shipment, and returns their number. */
async function finish(client: Client, { sold, ids }: Readonly<{ sold: readonly Sold[]; ids: readonly string[] }>) {
  const restored = sold.filter(({ id }) => ids.includes(id))
  for (const order of restored) {
    const { status } = await orderBecomes(client, order, ['processing', 'paid', 'shipping'])
    if (status === 'processing') await press(client, order.id, 'approve')
  }
  for (const order of restored) await orderBecomes(client, order, 'shipping')
  return restored.length
}

const orderIds = async ({ db }: TestDatabase) =>
  (await sql<{ id: string }>`select id from ordering.orders`.execute(db)).rows.map(({ id }) => id)

const skip = topology === 'one' ? false : 'opens its own topology'

test(
  'a shop that is restored from a backup in the middle of its sales loses no order of the backup (PLT-23)',
  { skip },
  async () => {
    const target = await emptyDatabase()
    const shop = await openShop()
    const buying = startBuying(shop)
    await untilSold(buying, 3)
    const backup = await moveTo(
      [{ name: wholeName, url: target.url, modules: modulesOf() }],
      [{ name: wholeName, url: shop.app.url }],
    )
    await untilSold(buying, buying.sold.length + 2)
    await buying.stop()
    await shop.close()
    await backup.restore()
    const ids = await orderIds(target)
    assert.ok(ids.length >= 2 && ids.length < buying.sold.length, `${ids.length} of ${buying.sold.length} orders`)
    const restored = await openShop({ DATABASE_URL: target.url })
    assert.equal(await finish(restored, { sold: buying.sold, ids }), ids.length)
    assert.deepEqual(await restored.violations(), {})
    await restored.close()
    await target.close()
  },
)

const skipSplit = skip || skipWithout('RABBITMQ_URL', testServers.rabbitmq)

test(
  'five services with databases of their own agree after a restore from the middle of their sales (PLT-22, PLT-23)',
  { skip: skipSplit, timeout: minutes(3) },
  async () => {
    const ofShop = await testDatabase({ size: 2 })
    const own = await openOwnDatabases('rabbitmq', ofShop.url)
    const environment = {
      MIGRATE_ON_START: 'false',
      LOG_LEVEL: 'error',
      DB_POOL_SIZE: '2',
      DB_MAX_OVERFLOW: '3',
      ...secrets,
    }
    const config = (given: Readonly<Record<string, string>>) =>
      readAppConfig({ SERVICE_SECRET: 'the secret that all services of the shop share', ...environment, ...given })
    const open = async (given: Readonly<Record<string, string>>) => {
      const services = await openServices({ environment: { ...environment, ...given }, copies: 1 })
      return { ...services, send: senderTo(services.address) }
    }
    const targets = await Promise.all(serviceNames.map(async (name) => [name, await emptyDatabase()] as const))
    const broker = await openOwnDatabases('rabbitmq', ofShop.url)
    const urls = Object.fromEntries(targets.map(([name, { url }]) => [databaseVariableOf(name), url]))
    const [from, into] = [config(own.environment), config({ ...broker.environment, ...urls })]
    const first = await open(own.environment)
    const buying = startBuying(first)
    await untilSold(buying, 3)
    // The databases of tests have the tables of every module.
    const places = databasesOf(into, servicesOf(into)).map((place) => ({ ...place, modules: modulesOf() }))
    const backup = await moveTo(places, databasesOf(from, servicesOf(from)))
    await untilSold(buying, buying.sold.length + 2)
    await buying.stop()
    await first.close()
    await backup.restore()
    const ordering = targets.find(([name]) => name === 'ordering')?.[1] ?? assert.fail('no database of ordering')
    const ids = await orderIds(ordering)
    assert.ok(ids.length >= 2 && ids.length < buying.sold.length, `${ids.length} of ${buying.sold.length} orders`)
    const restored = await open({ ...broker.environment, ...urls })
    assert.equal(await finish(restored, { sold: buying.sold, ids }), ids.length)
    await restored.close()
    for (const [, target] of targets) await target.close()
    await broker.close()
    await own.close()
    await ofShop.close()
  },
)
