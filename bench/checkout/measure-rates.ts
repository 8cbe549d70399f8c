import { cpuBetween, cpuTime, type CpuTime } from '../cpu-time.ts'
import type { CheckoutBuyer, CheckoutOutcome } from '../load/checkout-plan.ts'
import { runCheckouts } from '../load/run-load.ts'
import type { EventWatch } from './watch-events.ts'

export const maxBuyers = 256
const seconds = 6

/** A running app with registered buyers; `postmaster` is the process of its PostgreSQL. */
type Shop = Readonly<{ port: number; buyers: readonly CheckoutBuyer[]; events: EventWatch; postmaster: number }>

/** The outcome for a number of buyers; CPU time and `behind` are in milliseconds. */
export type Rate = CheckoutOutcome &
  Readonly<{
    buyers: number
    /** CPU time of one checkout, until its events are handled. */
    cpu: CpuTime
    /** How long the app handled events after the last response. */
    behind: number
  }>

export type Rates = Readonly<Record<'one' | 'some' | 'many' | 'most', Rate>>

/** Measures 1, 32, 128 and 256 buyers, each after the events of the others are handled. */
export async function measureRates(shop: Shop): Promise<Rates> {
  await measure(shop, 32) // to warm up
  const one = await measure(shop, 1)
  const some = await measure(shop, 32)
  const many = await measure(shop, 128)
  const most = await measure(shop, maxBuyers)
  return { one, some, many, most }
}

async function measure({ port, buyers, events, postmaster }: Shop, count: number): Promise<Rate> {
  const before = await cpuTime(postmaster)
  const outcome = await runCheckouts({ port, buyers: buyers.slice(0, count), seconds })
  const ended = performance.now()
  await events.untilHandled()
  const behind = performance.now() - ended
  const cpu = cpuBetween(before, await cpuTime(postmaster), outcome.started)
  return { ...outcome, buyers: count, cpu, behind }
}
