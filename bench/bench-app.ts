import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { Pool } from 'pg'
import { sql } from 'kysely'
import { seedDemo as seedDelivery } from '#delivery'
import { openDb, openPool, startEmbedded } from '#platform/db'
import { openApp, type App } from '../apps/app.ts'
import { readAppConfig } from '../apps/config/config.ts'
import { seedCatalog } from './seed-catalog.ts'
import { trackStatements } from './statement-counter.ts'

/** A PostgreSQL server of one benchmark, with the settings of the embedded one: fsync is on. */
export type Cluster = Readonly<{
  url: (database: string) => string
  openDatabase: (name: string) => Promise<string>
  /** The process of the server. */
  pid: number
}>

/** Commit timestamps: an order counts as fulfilled when its commit becomes visible. */
const settings = { track_commit_timestamp: 'on', shared_preload_libraries: 'pg_stat_statements' }

/** Runs `work` with a new server, which is deleted afterwards. */
export async function withCluster<Result>(work: (cluster: Cluster) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'posad-bench-'))
  await chmod(directory, 0o755) // when root starts it, the server runs as another user
  const server = await startEmbedded({ directory, settings })
  const admin = openPool({ url: server.url('postgres'), size: 1 })
  const onSignal = () => void server.stop().finally(() => process.exit(1))
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  try {
    await refuseUnsafe(admin)
    await trackStatements(admin, false)
    const openDatabase = async (name: string) => {
      await admin.query(`create database ${name}`)
      return server.url(name)
    }
    return await work({ url: server.url, openDatabase, pid: server.pid })
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    await admin.end()
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  }
}

async function refuseUnsafe(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ is_safe: boolean }>(
    `select current_setting('fsync') = 'on' and current_setting('synchronous_commit') = 'on' as is_safe`,
  )
  if (!rows[0]?.is_safe)
    throw new Error('The server runs without fsync or synchronous_commit: a measurement would mean nothing')
}

/** Opens an app over a new database with `products` products: every tenth is sold out, the others never are. */
export async function openBenchApp(
  cluster: Cluster,
  { name, products, settings = {} }: { name: string; products: number; settings?: Record<string, string> },
): Promise<App> {
  const config = readAppConfig({
    APP_PORT: '0',
    DATABASE_URL: await cluster.openDatabase(name),
    JWT_SECRET: 'a-secret-of-the-benchmarks-0123456789abcdef',
    PAY_LINK_SECRET: 'a-secret-of-the-benchmarks-0123456789abcdef',
    ACCESS_TOKEN_TTL_SECONDS: '86400',
    RATE_LIMITS: 'off',
    MAX_OPEN_ORDERS: '0',
    MAX_HELD_PER_VARIANT: '0',
    LOG_LEVEL: 'error',
    ...settings,
  })
  const app = await openApp({ config, announce: () => {} })
  await fillCatalog(app.url, products)
  await seedDelivery(app.db)
  return app
}

/** A statement over a million products takes longer than the app lets any statement run. */
async function fillCatalog(url: string, products: number): Promise<void> {
  const pool = new Pool({ connectionString: url, max: 1 })
  try {
    const db = openDb(pool)
    await seedCatalog(db, products)
    await sql`update catalog.stock set on_hand = 1000000000 where on_hand > 0`.execute(db)
    await sql`vacuum full catalog.stock`.execute(db)
  } finally {
    await pool.end()
  }
}

export type Buyer = Readonly<{ user_id: string; token: string }>

/** The app hashes this many passwords at once without a refusal. */
const registeredAtOnce = 16

/** Registers users at a running app. */
export async function registerUsers(address: string, count: number): Promise<Buyer[]> {
  if (count <= 0) return []
  const batch = Array.from({ length: Math.min(count, registeredAtOnce) }, () => registerUser(address))
  return [...(await Promise.all(batch)), ...(await registerUsers(address, count - registeredAtOnce))]
}

async function registerUser(address: string): Promise<Buyer> {
  const body = { email: `buyer-${randomUUID()}@example.org`, password: 'oolong and peonies 7', name: 'Anna' }
  const { access_token, user } = await post(`${address}/api/v1/auth/register`, { body })
  return { token: access_token, user_id: user.id }
}

type Item = Readonly<{ variant_id: string; quantity: number }>

/** Registers users at a running app, each with two items of variants that no other user buys. */
export async function registerBuyers(
  address: string,
  count: number,
): Promise<(Buyer & Readonly<{ items: readonly Item[] }>)[]> {
  const buyers = await registerUsers(address, count)
  return await Promise.all(buyers.map(async (buyer, i) => ({ ...buyer, items: await findItems(address, i) })))
}

async function findItems(address: string, i: number): Promise<readonly Item[]> {
  const products = await fetch(`${address}/api/v1/catalog/products?in_stock=true&page_size=2&page=${i + 1}`)
  const { items } = (await products.json()) as { items: readonly { variant_id: string }[] }
  return items.map(({ variant_id }) => ({ variant_id, quantity: 1 }))
}

async function post(url: string, { token, body }: { token?: string; body: object }) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${url}: ${await response.text()}`)
  return (await response.json()) as { access_token: string; user: { id: string } }
}
