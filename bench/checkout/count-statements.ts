import { setTimeout as sleep } from 'node:timers/promises'
import { deliverEvents } from '#platform/testing'
import type { App } from '../../apps/app.ts'
import { checkOut, type CheckoutClient } from '../load/checkout-client.ts'
import type { Row } from '../row.ts'
import type { Counts, StatementCounter } from '../statement-counter.ts'
import type { EventWatch } from './watch-events.ts'

const checkouts = 20
/** Milliseconds in which the polls of an idle app are counted. */
const idleTime = 3000

type Step = 'two items into the cart' | 'order' | 'pay' | 'look'
export type StepCounts = Readonly<Record<Step, Counts>>

/** The counts of each request of a checkout. The app serves HTTP only: events are delivered between order and payment. */
export async function countSteps(
  { db, modules }: App,
  client: CheckoutClient,
  counter: StatementCounter,
): Promise<StepCounts> {
  const deliver = () => deliverEvents(db, modules)
  const counts: Record<Step, Counts[]> = { 'two items into the cart': [], order: [], pay: [], look: [] }
  for (let i = 0; i < checkouts; i++) {
    let order_id = ''
    counts['two items into the cart'].push(await countedBy(counter, client.fillCart))
    counts.order.push(await countedBy(counter, async () => (order_id = await client.order())))
    await deliver()
    counts.pay.push(await countedBy(counter, () => client.pay(order_id)))
    counts.look.push(await countedBy(counter, () => client.seesPaid(order_id)))
    await deliver()
  }
  return Object.fromEntries(Object.entries(counts).map(([step, each]) => [step, mean(each)])) as StepCounts
}

/** The counts of a whole checkout in the running app, until its events are handled; without the polls of an idle app. */
export async function countCheckout(
  client: CheckoutClient,
  counter: StatementCounter,
  events: EventWatch,
): Promise<Counts> {
  await checkOut(client)
  await events.untilHandled()
  const idle = await countedBy(counter, () => sleep(idleTime))
  const started = performance.now()
  const all = await countedBy(counter, async () => {
    for (let i = 0; i < checkouts; i++) {
      await checkOut(client)
      await events.untilHandled()
    }
  })
  const share = (performance.now() - started) / idleTime
  return {
    statements: (all.statements - idle.statements * share) / checkouts,
    commits: (all.commits - idle.commits * share) / checkouts,
  }
}

/** One row for each request, one for the background, one each for all statements and all commits. */
export function countRows(steps: StepCounts, whole: Counts): Row[] {
  const requests = Object.values(steps)
  const background = {
    statements: whole.statements - sum(requests.map(({ statements }) => statements)),
    commits: whole.commits - sum(requests.map(({ commits }) => commits)),
  }
  const parts = [...Object.entries(steps), ['background, until the events are handled', background] as const]
  const rows = parts.map(([step, { statements, commits }]) => ({
    id: 'CHECKOUT',
    measurement: `statements of one buyer: ${step}`,
    value: statements,
    unit: 'statements',
    note: `${commits.toFixed(1)} commits that write`,
  }))
  const all = { id: 'CHECKOUT', note: `mean of ${checkouts} checkouts` }
  return [
    ...rows,
    {
      ...all,
      measurement: 'statements of a whole checkout',
      value: whole.statements,
      unit: 'statements',
      bar: '<= 30',
    },
    { ...all, measurement: 'commits of a whole checkout', value: whole.commits, unit: 'commits', bar: '<= 6' },
  ]
}

async function countedBy(counter: StatementCounter, work: () => Promise<unknown>): Promise<Counts> {
  const before = await counter.read()
  await work()
  const after = await counter.read()
  return { statements: after.statements - before.statements, commits: after.commits - before.commits }
}

const mean = (counts: readonly Counts[]): Counts => ({
  statements: sum(counts.map(({ statements }) => statements)) / counts.length,
  commits: sum(counts.map(({ commits }) => commits)) / counts.length,
})

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)
