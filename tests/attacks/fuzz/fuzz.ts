import fc from 'fast-check'
import type { Shop } from '../../e2e/open-shop.ts'
import { isStream, type Operation } from '../api-document.ts'
import { faultsOf, type Answered, type Caller } from './judge.ts'
import type { Known } from './known.ts'
import { attemptsOf, type Attempt } from './request.ts'

/** How a caller shows who he is; a customer gets a new token when the old one is spent. */
export type Callers = Readonly<Record<Caller, () => Promise<string | undefined>>>

export type Plan = Readonly<{ shop: Shop; callers: Callers; known: Known; seed: number; runs: number }>

export type Fault = Readonly<{ operation: string; fault: string; what: string; curl: string }>

export type Tally = { requests: number; succeeded: Set<string>; faults: Fault[] }

const turns = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** What reads comes first, what deletes or signs out last: there must be something left to ask about. */
const turnOf = (operation: Operation) => (endsSessions(operation) ? turns.length : turns.indexOf(operation.method))

/** Walks every operation with every caller. */
export async function fuzz(operations: readonly Operation[], plan: Plan): Promise<Tally> {
  const tally: Tally = { requests: 0, succeeded: new Set(), faults: [] }
  const inTurn = operations.toSorted((a, b) => turnOf(a) - turnOf(b))
  for (const [index, operation] of inTurn.entries()) {
    for (const caller of ['staff', 'customer', 'guest'] as const) {
      const numRuns = runsFor(operation, caller, plan.runs)
      const attempts = fc.sample(attemptsOf(operation, plan.known.real), { seed: plan.seed + index, numRuns })
      const together = endsSessions(operation) ? 1 : 3
      for (let at = 0; at < attempts.length; at += together) {
        const visit = { operation, caller, as: await plan.callers[caller](), plan, tally }
        await Promise.all(attempts.slice(at, at + together).map((attempt) => tryOnce(attempt, visit)))
      }
    }
  }
  return tally
}

/** Signing out beside another request would turn that one away. */
const endsSessions = ({ path }: Operation) => /\/auth\/(log|session|password|refresh)/.test(path)

/** A door that is closed needs few knocks. */
const runsFor = ({ admits }: Operation, caller: Caller, runs: number) =>
  admits === 'anyone' || admits === caller ? runs : Math.max(2, Math.round(runs / 6))

type Visit = Readonly<{ operation: Operation; caller: Caller; as: string | undefined; plan: Plan; tally: Tally }>

async function tryOnce(attempt: Attempt, visit: Visit): Promise<void> {
  const { operation, caller, plan, tally } = visit
  const answered = await send(attempt, visit)
  tally.requests++
  const note = (fault: string) =>
    void tally.faults.push({
      operation: operation.name,
      fault,
      what: `${caller}, ${attempt.kind}: ${attempt.what}`,
      curl: curlOf(attempt, visit),
    })
  for (const fault of faultsOf(operation, attempt, caller, answered)) note(fault)
  if (answered.status >= 300) return
  tally.succeeded.add(operation.name)
  if (answered.headers.get('content-type')?.includes('application/json')) {
    plan.known.learn(attempt.path, JSON.parse(answered.text))
  }
  if (attempt.headers['Idempotency-Key'] === undefined) return
  const again = await send(attempt, visit)
  if (again.status === answered.status && again.text === answered.text) return
  note(`answers a repeat with ${again.status} ${again.text.slice(0, 200)}, not as the first time`)
}

const headersOf = ({ headers, body }: Attempt, as: string | undefined): Record<string, string> => ({
  ...headers,
  ...(as !== undefined && { authorization: `Bearer ${as}` }),
  ...(body !== undefined && { 'content-type': 'application/json' }),
})

async function send(attempt: Attempt, { operation, as, plan }: Visit): Promise<Answered> {
  const leaving = new AbortController()
  const answer = await fetch(`${plan.shop.address}${attempt.path}`, {
    method: operation.method,
    headers: headersOf(attempt, as),
    redirect: 'manual',
    signal: leaving.signal,
    ...(attempt.body !== undefined && { body: attempt.body }),
  })
  if (isStream(operation) && answer.status === 200) {
    leaving.abort()
    return { status: 200, headers: answer.headers, text: '' }
  }
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** A line for the shell that sends the request again. */
function curlOf(attempt: Attempt, { operation, as, plan }: Visit): string {
  const headers = Object.entries(headersOf(attempt, as)).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`)
  const { body } = attempt
  const shown = body !== undefined && body.length > 3000 ? `${body.slice(0, 3000)}…(${body.length} characters)` : body
  const sent = shown === undefined ? [] : [`--data-raw ${quoted(shown)}`]
  const address = quoted(`${plan.shop.address}${attempt.path}`)
  return ['curl -i -g --path-as-is -X', operation.method, address, ...headers, ...sent].join(' ')
}
