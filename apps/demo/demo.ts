import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '#platform/config'
import { freePort } from '#platform/db'
import { openLogs } from '#platform/telemetry'
import { formatMoney } from '#platform/values'
import { report } from '../commands/check.ts'
import { openApp } from '../app.ts'
import { Refusal } from '../refusal.ts'
import { runApp } from '../run.ts'
import { version } from '../version.ts'
import { seedDemo } from './seed.ts'
import { Shopper } from './shopper.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)

/** `posad demo`: Anna buys oolong and a bouquet; every step is shown as it happens. Without a shop it starts one. */
export async function demo({ url }: { url?: string }): Promise<void> {
  if (url) return await shop(url)
  const directory = mkdtempSync(join(tmpdir(), 'posad-demo-'))
  // Root's PostgreSQL runs as another user, who must be able to pass.
  chmodSync(directory, 0o711)
  try {
    await inOwnApp(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** A house of its own, which pays and delivers by itself and is gone afterwards. */
async function inOwnApp(directory: string): Promise<void> {
  const config = readConfig({
    POSAD_DATA: directory,
    APP_PORT: String(await freePort()),
    PAYMENT_SANDBOX: process.env['PAYMENT_SANDBOX'] ?? 'auto',
    DELIVERY_SANDBOX: process.env['DELIVERY_SANDBOX'] ?? 'auto',
    LOG_LEVEL: 'warn',
  })
  say('Opening a shop for this demo …')
  const app = await openApp({ config, announce: (line) => say(`  ${line}`) })
  try {
    await seedDemo(app)
    const running = await runApp({ app, logs: openLogs({ service: 'posad', version, level: 'warn' }) })
    try {
      await shop(running.address)
      say('')
      if (!(await report(app, {}))) throw new Refusal('The books do not balance')
    } finally {
      await running.stop()
    }
  } finally {
    await app.close()
  }
}

async function shop(url: string): Promise<void> {
  const anna = new Shopper(url)
  await anna.register('Anna')
  say(`\nAnna comes into the shop at ${url}`)
  const oolong = await anna.find('/catalog/teas?search=улун&in_stock=true')
  const bouquet = await anna.find('/catalog/bouquets?in_stock=true')
  for (const [product, quantity] of [
    [oolong, 2],
    [bouquet, 1],
  ] as const) {
    await anna.putInCart(product, quantity)
    say(
      `  takes ${quantity} × ${product.name}, ${formatMoney({ amount: product.price, currency: product.currency }, 'ru')}`,
    )
  }
  const began = performance.now()
  const order = await anna.order()
  say(`  orders: ${order.number}, ${formatMoney({ amount: order.total_amount, currency: order.currency }, 'ru')}\n`)
  const last = await watch(anna, order, began)
  if (last !== 'fulfilled') throw new Refusal(`The order ended as ${last}`)
  say(`\nFrom order to delivery: ${(performance.now() - began).toFixed(0)} ms`)
}

/** Shows every step with its time; pays on the sandbox's page when the shop waits for that. Returns the last status. */
async function watch(anna: Shopper, order: Awaited<ReturnType<Shopper['order']>>, began: number): Promise<string> {
  let status = order.status
  let start: number | undefined
  for await (const { at, event, reason, ...now } of anna.follow(order)) {
    start ??= Date.parse(at)
    status = now.status
    say(
      `  ${String(Date.parse(at) - start).padStart(6)} ms  ${event.padEnd(26)} ${status}${reason ? ` (${reason})` : ''}`,
    )
    if (event === 'order-processing' && (await anna.pay(order)))
      say(`  ${(performance.now() - began).toFixed(0).padStart(6)} ms  Anna approves the payment`)
    if (event === 'shipment-created')
      say('             now staff delivers it: POST /api/v1/delivery/{id}/deliver, unless DELIVERY_SANDBOX=auto')
  }
  return status
}
