import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLogs } from '#platform/telemetry'
import { eventually, readMail, testDatabase, type ReadMail } from '#platform/testing'
import { openApp, type App } from '../../apps/app.ts'
import { checksOf } from '../../apps/checks/checks.ts'
import { logLevelOf, readAppConfig } from '../../apps/config/config.ts'
import { seedDemo } from '../../apps/demo/seed.ts'
import type { Adapters } from '../../apps/modules.ts'
import { runApp } from '../../apps/run.ts'
import type { ServiceName } from '../../apps/services/services.ts'
import type { WebBuild } from '../../apps/storefront/build.ts'
import { senderTo, type Send } from './http-client.ts'
import { openOwnDatabases } from './own-databases.ts'
import { openProcesses } from './open-processes.ts'
import { openServices } from './open-services.ts'
import { registerCustomer } from './purchase-steps.ts'
import { secrets } from './secrets.ts'

export { guest } from './http-client.ts'
export { secrets, staff } from './secrets.ts'

/** A running app on its own database. Tests reach it over HTTP, as browsers do. */
export type Shop = Readonly<{
  app: App
  address: string
  send: Send
  /** The address of a service itself, for programs on the private network: the gateway hides the routes for them. */
  addressOf: (service: ServiceName) => string
  /** Registers a customer and returns an access token. */
  customer: (name?: string) => Promise<string>
  /** The mails to an address, oldest first. */
  mailsTo: (email: string) => Promise<readonly ReadMail[]>
  /** The code in the latest mail to an address whose link has this path, such as `/email/verify`. */
  codeTo: (email: string, path: string) => Promise<string>
  /** The addresses of all databases: one, or one for each service. */
  databases: readonly string[]
  /** The rows that break an invariant, by the name of the check. */
  violations: () => Promise<Record<string, readonly object[]>>
  close: () => Promise<void>
}>

/**
 * `one`: one process. `processes`: one start whose processes share the port, without the adapters of a test. `shared`: every service behind the gateway, over one database. `rabbitmq` and `kafka`: the same, each service
 * with a database of its own; the environment names the server. `TOPOLOGY` chooses for a run of the tests, and `COPIES` the
 * number of processes of each service.
 */
const { TOPOLOGY = 'one', COPIES: copies = '1' } = process.env
export const topology = TOPOLOGY
export const hasOneDatabase = ['one', 'processes', 'shared'].includes(topology)

/**
 * Opens a shop with the demo goods, in the topology of the run unless a test names its own; `settings` are environment variables.
 * With `build` it has its pages.
 */
export async function openShop(
  settings: Record<string, string> = {},
  { build, ...adapters }: Adapters & Readonly<{ build?: WebBuild }> = {},
  chosen: string = topology,
): Promise<Shop> {
  const database = await testDatabase({ size: 2 })
  const directory = await mkdtemp(join(tmpdir(), 'posad-shop-'))
  const environment = {
    APP_PORT: '0',
    DATABASE_URL: database.url,
    MIGRATE_ON_START: 'false',
    LOG_LEVEL: 'error',
    POSAD_DATA: directory,
    ...secrets,
    ...settings,
  }
  const config = readAppConfig(environment)
  const app = await openApp({ config, announce: () => {}, adapters })
  await seedDemo(app)
  const {
    address,
    addressOf = () => address,
    databases = [database.url],
    close,
  } = await serve(app, { chosen, environment, adapters, ...(build && { build }) })
  const send = senderTo(address)
  const mailsTo = (email: string) => readMails(join(config.app.directory, 'mail'), email)
  return {
    app,
    address,
    send,
    addressOf,
    databases,
    customer: async (name) => (await registerCustomer({ send }, name)).access_token,
    mailsTo,
    codeTo: async (email, path) =>
      await eventually(async () => {
        const code = (await mailsTo(email))
          .map(({ text }) => text.split(`${path}#`)[1]?.match(/^[\w-]+/)?.[0])
          .findLast((one) => one !== undefined)
        if (code === undefined) throw new Error(`No mail to ${email} has a link to ${path}`)
        return code
      }),
    violations: () => violationsOf(app),
    close: async () => {
      await close()
      await app.close()
      await database.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** The ids of mails are in the order of their time, and so are the files. */
async function readMails(directory: string, email: string): Promise<ReadMail[]> {
  const files = (await readdir(directory).catch(() => [])).filter((file) => file.endsWith('.eml')).toSorted()
  const mails = await Promise.all(files.map(async (file) => readMail(await readFile(join(directory, file), 'utf8'))))
  return mails.filter(({ headers }) => headers['to'] === email)
}

type Serving = Readonly<{
  chosen: string
  environment: Record<string, string>
  adapters: Adapters
  build?: WebBuild
}>

type Served = Readonly<{
  address: string
  addressOf?: (service: ServiceName) => string
  databases?: readonly string[]
  close: () => Promise<void>
}>

/** Serves the shop in the chosen topology. */
async function serve(app: App, { chosen, environment, adapters, build }: Serving): Promise<Served> {
  if (chosen === 'processes') return await openProcesses({ environment, count: Math.max(2, Number(copies)) })
  if (chosen !== 'one') {
    const { APP_PORT: _, ...others } = environment
    const pool = { DB_POOL_SIZE: '2', DB_MAX_OVERFLOW: '3' }
    const own = chosen === 'shared' ? undefined : await openOwnDatabases(chosen, others['DATABASE_URL'] ?? '')
    const all = { ...pool, ...others, ...own?.environment }
    const services = await openServices({ environment: all, copies: Number(copies), adapters })
    return {
      ...services,
      ...(own && { databases: own.urls }),
      close: async () => {
        await services.close()
        await own?.close()
      },
    }
  }
  const logs = openLogs({ service: 'posad', version: 'test', level: logLevelOf(app.config) })
  const { address, stop } = await runApp({ app, logs, ...(build && { build }) })
  return { address, close: stop }
}

async function violationsOf(app: App): Promise<Record<string, readonly object[]>> {
  const found: Record<string, readonly object[]> = {}
  for (const check of checksOf(app)) {
    const rows = await check.violations({ atRest: true })
    if (rows.length > 0) found[check.name] = rows
  }
  return found
}

/** The pieces of a variant that are on hand and reserved, as the database has them. */
export const stockOf = async ({ app }: Shop, variant_id: string) =>
  await app.db
    .selectFrom('catalog.stock')
    .select(['on_hand', 'reserved'])
    .where('variant_id', '=', variant_id)
    .executeTakeFirstOrThrow()
