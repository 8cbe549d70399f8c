import type { Operation } from '../api-document.ts'
import type { Caller } from './judge.ts'
import type { Known } from './known.ts'

/** How a caller shows who he is; a customer gets a new token when the old one is spent. */
export type Callers = Readonly<Record<Caller, () => Promise<string | undefined>>>

export type Fault = Readonly<{ operation: string; fault: string; what: string; curl: string }>

/** What a walk has seen: every status of every operation, and what was wrong. */
export type Tally = { requests: number; seen: Map<string, Set<number>>; faults: Fault[] }

export const emptyTally = (): Tally => ({ requests: 0, seen: new Map(), faults: [] })

export type Plan = Readonly<{ address: string; known: Known; seed: number; runs: number; tally: Tally }>

const any = (tally: Tally, { name }: Operation, like: (status: number) => boolean) =>
  [...(tally.seen.get(name) ?? [])].some(like)

/** Operations that never did what they are for. */
export const neverSucceeded = (operations: readonly Operation[], tally: Tally): readonly string[] =>
  operations.filter((one) => !any(tally, one, (status) => status < 300)).map(({ name }) => name)

/** Operations that could refuse, and never did. */
export const neverRefused = (operations: readonly Operation[], tally: Tally): readonly string[] =>
  operations
    .filter((one) => '400' in one.responses && !any(tally, one, (status) => status >= 400))
    .map(({ name }) => name)

/** Too much, another kind of body, too often, too busy: other tests and other settings bring them about. */
const elsewhere = new Set(['413', '415', '429', '503'])

/** The documented answers that a walk can bring about, and those of them that it did not see. */
export function answersOf(operations: readonly Operation[], tally: Tally) {
  const all = operations.flatMap(({ name, responses }) =>
    Object.keys(responses)
      .filter((status) => !elsewhere.has(status))
      .map((status) => ({ name, status: Number(status) })),
  )
  return { all, missing: all.filter(({ name, status }) => !tally.seen.get(name)?.has(status)) }
}

/** Faults that look alike once, with how often. */
export function toldFaults(faults: readonly Fault[]): string {
  const alike = Map.groupBy(faults, ({ operation, fault }) => `${operation} ${fault}`)
  const lines = Array.from(alike, ([title, [first, ...others]]) => {
    const more = others.length > 0 ? ` (and ${others.length} more)` : ''
    return `${title}${more}\n  ${first?.what}\n  ${first?.curl}`
  })
  return `${lines.length} kinds of faults\n${lines.join('\n')}`
}
