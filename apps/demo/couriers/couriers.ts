import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fleet } from '#dispatch/fleet'
import { steadyPlanner } from '#dispatch/planner'
import { buildServer } from '#platform/http'
import { days, hours, minutes } from '#platform/values'
import { openApp, type App } from '../../app.ts'
import { readAppConfig } from '../../config/config.ts'
import { printLine } from '../../terminal/print.ts'
import { Misuse, Refusal } from '../../terminal/refusal.ts'
import { simulateDay, type Summary } from './day.ts'
import { pointOf, shopCell } from './town.ts'

export type CourierDemoOptions = Readonly<{ seed: string; hours: string; pace: string }>

const promise = minutes(60)

/** `posad demo couriers`: a day of four couriers in the terminal, and live on the page of the dispatcher. */
export async function couriers(options: CourierDemoOptions): Promise<void> {
  const day = {
    seed: numberOf('--seed', options.seed, { least: 0, most: 2 ** 32 - 1 }),
    open: hours(numberOf('--hours', options.hours, { least: 0.5, most: 10 })),
    promise,
  }
  const pace = numberOf('--pace', options.pace, { least: 0, most: 600 })
  const directory = mkdtempSync(join(tmpdir(), 'posad-demo-'))
  // When root starts PostgreSQL, it runs as another user, who must be able to enter the directory.
  chmodSync(directory, 0o711)
  try {
    const config = readAppConfig({ POSAD_DATA: directory, LOG_LEVEL: 'warn' })
    printLine('Starting a database for this demo …')
    const app = await openApp({ config, announce: (line) => printLine(`  ${line}`) })
    try {
      printSummary(await showDay(app, { ...day, pace }))
    } finally {
      await app.close()
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

type ShownDay = Readonly<{ seed: number; open: number; promise: number; pace: number }>

/** Lives the day with a clock of its own, and serves the page of the dispatcher meanwhile. */
async function showDay({ db, files }: App, { pace, ...day }: ShownDay): Promise<Summary> {
  let time = new Date()
  const couriersOfDay = fleet({
    db,
    now: () => time,
    storage: files.storage,
    planner: steadyPlanner(),
    offerTime: minutes(1),
    promise,
    depot: pointOf(shopCell),
    metric: 'grid',
    proof: 'pin',
    positionRetention: days(7),
    photoRetention: days(7),
  })
  const token = randomBytes(24).toString('base64url')
  const dispatcher = { kind: 'machine', name: 'dispatcher', permissions: ['dispatch.read'] } as const
  const server = await buildServer({
    modules: [{ name: 'dispatch', routes: couriersOfDay.routes, pages: couriersOfDay.pages }],
    authenticate: async (given) => (given === token ? dispatcher : undefined),
    db,
  })
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  const address = await server.listen({ host: '127.0.0.1', port: 0 })
  printLine(`The board of the dispatcher: ${address}/dispatch/board#token=${token}\n`)
  try {
    const say = (at: Date, line: string) => printLine(`  ${at.toISOString().slice(11, 16)}  ${line}`)
    // A process that ended at once would leave the database running.
    const pause = async () => {
      if (stopping.signal.aborted) throw new Refusal('The day was interrupted')
      if (pace > 0) await sleep(500 / pace)
    }
    return await simulateDay({ db, fleet: couriersOfDay, setTime: (at) => void (time = at), say, pause }, day)
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, stop)
    await server.close()
  }
}

function printSummary({ orders, delivered, returned, on_time, mean_minutes, kilometres }: Summary): void {
  const share = delivered > 0 ? (100 * on_time) / delivered : 100
  printLine(`\n${orders} orders, ${delivered} delivered, ${returned} brought back`)
  printLine(
    `On time: ${share.toFixed(0)} % within ${promise / minutes(1)} minutes; ${mean_minutes.toFixed(0)} minutes on average`,
  )
  printLine(`Distance: ${kilometres.toFixed(1)} km, ${(kilometres / Math.max(1, orders)).toFixed(2)} km for each order`)
}

function numberOf(name: string, text: string, { least, most }: Readonly<{ least: number; most: number }>): number {
  const number = text.trim() === '' ? Number.NaN : Number(text)
  if (!(number >= least && number <= most))
    throw new Misuse(`${name} is "${text}": expected a number from ${least} to ${most}`)
  return number
}
