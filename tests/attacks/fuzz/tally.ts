import type { Operation } from '../api-document.ts'
import type { Caller } from './faults.ts'
import type { KnownValues } from './known-values.ts'

/** The access token of each caller. A customer gets a new token when the old one is no longer valid. */
export type Callers = Readonly<Record<Caller, () => Promise<string | undefined>>>

export type Fault = Readonly<{ operation: string; fault: string; request: string; curl: string }>

/** The number of requests, the statuses of each operation, and the faults. */
export type Tally = { requests: number; statuses: Map<string, Set<number>>; faults: Fault[] }

export const emptyTally = (): Tally => ({ requests: 0, statuses: new Map(), faults: [] })

export type Plan = Readonly<{ address: string; known: KnownValues; seed: number; runs: number; tally: Tally }>

const hasStatus = (tally: Tally, { name }: Operation, matches: (status: number) => boolean) =>
  [...(tally.statuses.get(name) ?? [])].some(matches)

/** The sandbox bank never makes a refund that it refused: `payments/finish-refund/late-answers.test.ts` settles one. */
const needsAnotherBank = new Set(['POST /api/v1/admin/payments/refunds/{id}/resolve'])

/** The operations that never succeeded. */
export const neverSucceeded = (operations: readonly Operation[], tally: Tally): readonly string[] =>
  operations
    .filter(({ name, isUpload }) => !isUpload && !needsAnotherBank.has(name))
    .filter((one) => !hasStatus(tally, one, (status) => status < 300))
    .map(({ name }) => name)

/** The operations that can refuse a request and never did. */
export const neverRefused = (operations: readonly Operation[], tally: Tally): readonly string[] =>
  operations
    .filter((one) => '400' in one.responses && !hasStatus(tally, one, (status) => status >= 400))
    .map(({ name }) => name)

/** Too large, another media type, too many requests, too busy: other tests and other settings provoke these. */
const testedElsewhere = new Set(['413', '415', '429', '503', 'default'])

/** The routes that every service has for operators are one. */
const withoutService = (name: string) => name.replace(/\/admin\/services\/\w+\//, '/admin/')

/** The documented responses that the fuzzer can provoke, and those of them that it did not receive. */
export function documentedResponses(operations: readonly Operation[], tally: Tally) {
  const all = new Set<string>()
  const received = new Set<string>()
  for (const { name, responses } of operations) {
    const documented = Object.keys(responses).filter((status) => !testedElsewhere.has(status))
    for (const status of documented) {
      const response = `${withoutService(name)} ${status}`
      all.add(response)
      if (tally.statuses.get(name)?.has(Number(status))) received.add(response)
    }
  }
  return { count: all.size, missing: [...all].filter((response) => !received.has(response)) }
}

/** The faults as text: equal faults appear once, with their number. */
export function describeFaults(faults: readonly Fault[]): string {
  const equal = Map.groupBy(faults, ({ operation, fault }) => `${operation} ${fault}`)
  const lines = Array.from(equal, ([title, [first, ...others]]) => {
    const more = others.length > 0 ? ` (and ${others.length} more)` : ''
    return `${title}${more}\n  ${first?.request}\n  ${first?.curl}`
  })
  return `${lines.length} kinds of faults\n${lines.join('\n')}`
}
