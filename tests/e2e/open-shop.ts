import { randomUUID } from 'node:crypto'
import { openLogs } from '#platform/telemetry'
import { eventually, testDatabase } from '#platform/testing'
import { checksOf } from '../../apps/checks.ts'
import { logLevelOf, readAppConfig } from '../../apps/config.ts'
import { runApp } from '../../apps/run.ts'
import { seedDemo } from '../../apps/demo/seed.ts'
import { openApp, type App } from '../../apps/app.ts'

type Answer = Readonly<{ status: number; headers: Headers; body: any }>
type Ask = Readonly<{ as?: string | undefined; body?: unknown; headers?: Record<string, string> }>

/** A whole house on a database of its own, at work and reached over HTTP as anybody reaches it. */
export type Shop = Readonly<{
  app: App
  address: string
  ask: (method: string, path: string, ask?: Ask) => Promise<Answer>
  /** Registers somebody and returns an access token. */
  customer: (name?: string) => Promise<string>
  /** What breaks an invariant, by check. */
  violations: () => Promise<Record<string, readonly object[]>>
  close: () => Promise<void>
}>

/** The token of the shop's staff machine. */
export const staff = 'staff-token-that-nobody-guesses-0123456789'

/** Opens a shop with the demo goods; `settings` are variables of the environment. */
export async function openShop(settings: Record<string, string> = {}): Promise<Shop> {
  const database = await testDatabase({ size: 2 })
  const config = readAppConfig({
    APP_PORT: '0',
    DATABASE_URL: database.url,
    MIGRATE_ON_START: 'false',
    ADMIN_API_TOKEN: staff,
    JWT_SECRET: 'a-secret-for-tests-only-0123456789abcdef',
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'error',
    ...settings,
  })
  const app = await openApp({ config, announce: () => {} })
  await seedDemo(app)
  const running = await runApp({
    app,
    logs: openLogs({ service: 'posad', version: 'test', level: logLevelOf(config) }),
  })
  const ask = asker(`${running.address}/api/v1`)
  return {
    app,
    address: running.address,
    ask,
    customer: async (name = 'Anna') => {
      const email = `${name.toLowerCase()}-${randomUUID()}@example.org`
      const { body } = await ask('POST', '/auth/register', { body: { email, password: 'oolong and peonies 7', name } })
      return body.access_token as string
    },
    violations: async () => {
      const found: Record<string, readonly object[]> = {}
      for (const check of checksOf(app)) {
        const rows = await check.violations()
        if (rows.length > 0) found[check.name] = rows
      }
      return found
    },
    close: async () => {
      await running.stop()
      await app.close()
      await database.close()
    },
  }
}

const asker =
  (root: string): Shop['ask'] =>
  async (method, path, { as, body, headers = {} } = {}) => {
    const answer = await fetch(path.startsWith('http') ? path : `${root}${path}`, {
      method,
      headers: {
        ...(as && { authorization: `Bearer ${as}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    const isJson = answer.headers.get('content-type')?.includes('json')
    return { status: answer.status, headers: answer.headers, body: isJson && text ? JSON.parse(text) : text }
  }

/** Waits until an order has come to `status`; fails with its timeline when it does not. */
export async function arrives(
  shop: Shop,
  order: { id: string; as: string },
  status: string,
  within = 10_000,
): Promise<any> {
  let seen: any
  await eventually(
    async () => {
      seen = (await shop.ask('GET', `/orders/${order.id}`, { as: order.as })).body
      if (seen.status !== status) {
        throw new Error(`${seen.status}, not ${status}: ${JSON.stringify(seen.timeline)}`)
      }
    },
    { within },
  )
  return seen
}

export type Goods = Readonly<{ variant_id: string; id: string; price: number; stock_quantity: number; name: string }>

/** The goods on a shelf that can be bought. */
export const onShelf = async (shop: Shop, shelf: string): Promise<readonly Goods[]> =>
  (await shop.ask('GET', `/catalog/${shelf}?in_stock=true&page_size=50`)).body.items

/** Free pieces of a variant, straight from the shelf. */
export const stockOf = async ({ app }: Shop, variant_id: string) =>
  await app.db
    .selectFrom('catalog.stock')
    .select(['on_hand', 'reserved'])
    .where('variant_id', '=', variant_id)
    .executeTakeFirstOrThrow()

/** Presses a button on the sandbox's payment page, as the buyer does. */
export async function press(shop: Shop, order_id: string, button: 'approve' | 'decline'): Promise<number> {
  const answer = await fetch(`${shop.address}/pay/${order_id}/${button}`, {
    method: 'POST',
    headers: { origin: shop.address, 'content-type': 'application/x-www-form-urlencoded' },
    redirect: 'manual',
  })
  return answer.status
}
