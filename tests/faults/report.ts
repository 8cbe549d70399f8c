import { describeRun, replaceSection } from '../measured-section.ts'

/** A fault that was injected, and the milliseconds until the shop worked again. */
export type Recovery = Readonly<{ fault: string; milliseconds: number }>

type FaultRun = Readonly<{
  /** The name of the section in the document. */
  section: string
  seconds: number
  /** The broker of services, where one run has one. */
  broker?: string
  orders: number
  fulfilled: number
  recoveries: readonly Recovery[]
  /** The end of a recovery. */
  until: string
}>

/** Replaces a table of the document at `path`. Call it when every invariant holds: a run with a violation has no table. */
export function writeFaults(path: string, run: FaultRun): void {
  const { section, seconds, broker, orders, fulfilled, recoveries, until } = run
  const variables = `${broker === undefined ? '' : `FAULT_BROKER=${broker} `}FAULT_SECONDS=${seconds}`
  const byFault = Map.groupBy(recoveries, ({ fault }) => fault)
  replaceSection(path, section, [
    ...describeRun(),
    `- command: \`${variables} npm run faults\``,
    `- ${orders} orders: ${fulfilled} fulfilled, ${orders - fulfilled} cancelled, 0 lost`,
    `- ${recoveries.length} faults, 0 violations of an invariant`,
    '',
    `| fault | times | shortest time until ${until}, s | longest, s |`,
    '|---|---|---|---|',
    ...[...byFault].map(([fault, each]) => {
      const times = each.map(({ milliseconds }) => milliseconds / 1000)
      return `| ${fault} | ${each.length} | ${Math.min(...times).toFixed(1)} | ${Math.max(...times).toFixed(1)} |`
    }),
    '',
  ])
}
