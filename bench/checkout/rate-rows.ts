import type { floorOf } from '../floor.ts'
import type { Row } from '../row.ts'
import type { Rate, Rates } from './measure-rates.ts'

const id = 'CHECKOUT'

/** Rates and times for 1, 32, 128 and 256 buyers. */
export function rateRows({ one, some, many, most }: Rates): Row[] {
  return [
    { ...rateOf(one) },
    { ...rateOf(some), bar: '>= 220' },
    { ...rateOf(many), ratio: many.perSecond / some.perSecond, bar: '>= 1 of 32 buyers' },
    { ...rateOf(most), ratio: most.perSecond / many.perSecond, bar: '>= 1 of 128 buyers' },
    { id, measurement: 'p99 of a whole checkout, 32 buyers', value: some.whole.p99, unit: 'ms', bar: '< 250' },
    { id, measurement: 'p50 of a whole checkout, one buyer', value: one.whole.p50, unit: 'ms', bar: '< 20' },
    { id, measurement: 'p50 of paying, one buyer', value: one.steps.pay.p50, unit: 'ms', bar: '< 8' },
  ]
}

const rateOf = ({ buyers, perSecond, whole, steps, behind }: Rate): Row => ({
  id,
  measurement: `whole checkouts, ${buyers === 1 ? 'one buyer' : `${buyers} buyers`}`,
  value: perSecond,
  unit: 'checkouts/s',
  note:
    `p50 ${shown(whole.p50)}, p99 ${shown(whole.p99)} ms; p50 of a request: ` +
    `cart ${shown(steps.add.p50)}, order ${shown(steps.order.p50)}, pay ${shown(steps.pay.p50)}, ` +
    `look ${shown(steps.look.p50)} ms; ${(steps.look.count / steps.order.count).toFixed(1)} looks; ` +
    `events handled ${shown(behind)} ms after the end` +
    (steps.early.count > 0 ? `; ${steps.early.count} payments refused as too early` : ''),
})

/** The rate of 32 buyers against the database alone. */
export const floorRow = ({ some }: Rates, { perSecond, driver }: Awaited<ReturnType<typeof floorOf>>): Row => ({
  id,
  measurement: `whole checkouts, 32 buyers, against ${driver}`,
  value: some.perSecond,
  unit: 'checkouts/s',
  ratio: some.perSecond / perSecond,
  bar: `>= 0.5 of ${driver}`,
  note: `${driver} with the statements of a checkout: ${Math.round(perSecond)}/s`,
})

/** CPU time of a checkout, by program. */
export function cpuRows({ some: { cpu } }: Rates): Row[] {
  const row = (program: string, value: number): Row => ({
    id,
    measurement: `CPU time of a checkout: ${program}`,
    value,
    unit: 'ms',
    note: '32 buyers, until the events are handled',
  })
  return [row('Node', cpu.node), ...(cpu.server === undefined ? [] : [row('PostgreSQL', cpu.server)])]
}

const shown = (milliseconds: number): string => milliseconds.toFixed(milliseconds < 10 ? 1 : 0)
