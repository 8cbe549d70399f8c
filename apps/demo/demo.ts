import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '#platform/db'
import { openLogs } from '#platform/telemetry'
import { formatMoney } from '#platform/values'
import { openApp } from '../app.ts'
import { checksOf } from '../checks/checks.ts'
import { report } from '../commands/check.ts'
import { readAppConfig } from '../config/config.ts'
import { runApp } from '../run.ts'
import { printLine } from '../terminal/print.ts'
import { Refusal } from '../terminal/refusal.ts'
import { version } from '../version.ts'
import { seedDemo } from './seed.ts'
import { Shopper, type Order } from './shopper.ts'

/** `posad demo`: Anna buys oolong and a bouquet, and every step of her order is shown. Without `url` it starts a shop. */
export async function demo({ url }: { url?: string }): Promise<void> {
  if (url) return await buy(url)
  const directory = mkdtempSync(join(tmpdir(), 'posad-demo-'))
  // When root starts PostgreSQL, it runs as another user, who must be able to enter the directory.
  chmodSync(directory, 0o711)
  try {
    await inOwnApp(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Starts a shop in which payments and deliveries succeed by themselves; its directory is deleted afterwards. */
async function inOwnApp(directory: string): Promise<void> {
  const config = readAppConfig({
    POSAD_DATA: directory,
    APP_PORT: String(await freePort()),
    PAYMENT_SANDBOX: process.env['PAYMENT_SANDBOX'] ?? 'auto',
    DELIVERY_SANDBOX: process.env['DELIVERY_SANDBOX'] ?? 'auto',
    LOG_LEVEL: 'warn',
  })
  printLine('Starting a shop for this demo …')
  const app = await openApp({ config, announce: (line) => printLine(`  ${line}`) })
  try {
    await seedDemo(app)
    const running = await runApp({ app, logs: openLogs({ service: 'posad', version, level: 'warn' }) })
    try {
      await buy(running.address)
      printLine('')
      if (!(await report(checksOf(app), {}))) throw new Refusal('An invariant is broken: the lines above name the rows')
    } finally {
      await running.stop()
    }
  } finally {
    await app.close()
  }
}

async function buy(url: string): Promise<void> {
  const anna = new Shopper(url)
  await anna.register('Anna')
  printLine(`\nAnna visits the shop at ${url}`)
  const oolong = await anna.find('/catalog/teas?search=улун&in_stock=true')
  const bouquet = await anna.find('/catalog/bouquets?in_stock=true')
  for (const [product, quantity] of [
    [oolong, 2],
    [bouquet, 1],
  ] as const) {
    await anna.putInCart(product, quantity)
    printLine(
      `  adds ${quantity} × ${product.name}, ${formatMoney({ amount: product.price, currency: product.currency }, 'ru')}`,
    )
  }
  const order = await anna.order()
  printLine(
    `  orders: ${order.number}, ${formatMoney({ amount: order.total_amount, currency: order.currency }, 'ru')}\n`,
  )
  const last = await watch(anna, order)
  if (last.status !== 'fulfilled') throw new Refusal(`The order ended as ${last.status}`)
  printLine(`\nFrom order to delivery: ${last.elapsed} ms`)
}

/** The status of the order, and the milliseconds from its first event to this one. */
type Step = Readonly<{ status: string; elapsed: number }>

/**
 * Prints every event with its time, and pays on the sandbox's page when the order waits for it. Returns the last step. All
 * times come from the shop; the steps of this process have none, because its clock may differ.
 */
async function watch(anna: Shopper, order: Order): Promise<Step> {
  let last: Step = { status: order.status, elapsed: 0 }
  let start: number | undefined
  for await (const { at, event, reason, status } of anna.follow(order)) {
    start ??= Date.parse(at)
    last = { status, elapsed: Date.parse(at) - start }
    printLine(`  ${String(last.elapsed).padStart(6)} ms  ${event.padEnd(26)} ${status}${reason ? ` (${reason})` : ''}`)
    if (event === 'order-processing' && (await anna.pay(order))) printLine('             Anna approves the payment')
    if (event === 'shipment-created')
      printLine(
        '             now the staff delivers it with POST /api/v1/delivery/{id}/deliver, unless DELIVERY_SANDBOX=auto',
      )
  }
  return last
}
