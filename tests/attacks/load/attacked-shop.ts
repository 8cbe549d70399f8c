import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { CartView } from '#cart/schema'
import { freePort } from '#platform/db'
import { expectResponse, testDatabase } from '#platform/testing'
import { guest, senderTo, type Send } from '../../e2e/http-client.ts'
import { firstOf } from '../../e2e/purchase-steps.ts'
import { secrets } from '../../e2e/secrets.ts'
import { posad, startShop, temporaryDirectory } from '../../start/shop-process.ts'
import type { HonestPlan, HonestSample } from './honest-client.ts'

const execute = promisify(execFile)

/** A shop in a process of its own with its default limits, and a load of honest customers. */
export type AttackedShop = Awaited<ReturnType<typeof openAttackedShop>>

/** Opens the shop. It trusts `X-Forwarded-For` from this machine, so that attackers and others have addresses of their own. */
export async function openAttackedShop() {
  const database = await testDatabase()
  const port = await freePort()
  const { RATE_LIMITS: _off, MAX_OPEN_ORDERS: _orders, MAX_HELD_PER_VARIANT: _pieces, ...tokens } = secrets
  const environment = {
    ...tokens,
    APP_PORT: String(port),
    DATABASE_URL: database.url,
    DEMO_DATA: 'true',
    LOG_LEVEL: 'warn',
    MIGRATE_ON_START: 'false',
    POSAD_DATA: temporaryDirectory(),
    TRUSTED_PROXIES: '127.0.0.0/8',
  }
  const shop = await startShop(environment)
  const send = senderTo(shop.address)
  const sendFrom =
    (from: string): Send =>
    (as, request, { headers, ...options } = {}) =>
      send(as, request, { ...options, headers: { 'x-forwarded-for': from, ...headers } })
  const honest = new Worker(new URL('./honest-client.ts', import.meta.url), {
    workerData: await honestPlan(sendFrom('198.51.100.1'), port),
  })
  return {
    ...shop,
    port,
    sendFrom,
    /** Runs a `posad` command against the database of the shop. */
    posad: (command: string) => posad(command, environment),
    /** Returns the requests of honest customers since the last call. */
    takeSamples: async (): Promise<readonly HonestSample[]> => {
      const reply = once(honest, 'message')
      honest.postMessage('take', [])
      return ((await reply) as [HonestSample[]])[0]
    },
    /** The resident memory of the process. */
    megabytes: async () => Number((await execute('ps', ['-o', 'rss=', '-p', String(shop.pid)])).stdout) / 1024,
    close: async () => {
      await honest.terminate()
      await shop.end('SIGTERM')
      await database.close()
    },
  }
}

/** Fills the cart that the honest client changes. */
async function honestPlan(send: Send, port: number): Promise<HonestPlan> {
  const { variant_id } = await firstOf({ send }, 'teas')
  const added = await send(guest, 'POST /cart/items', { body: { variant_id, quantity: 1 } })
  return { port, variant_id, cart_token: expectResponse(added, 200, CartView).cart_token ?? '' }
}
