import { isStream, type Operation } from '../api-document.ts'
import { faultsOf, type Answered, type Caller } from './judge.ts'
import type { Attempt } from './request.ts'
import type { Plan } from './tally.ts'

/** Somebody before an operation. */
export type Visit = Readonly<{ operation: Operation; caller: Caller; as: string | undefined; plan: Plan }>

/** Sends an attempt, and once more when it has a key; writes down what came, and what was wrong with it. */
export async function tryOnce(attempt: Attempt, visit: Visit): Promise<Answered> {
  const { operation, caller, plan } = visit
  const answered = await send(attempt, visit)
  plan.tally.requests++
  const seen = plan.tally.seen.get(operation.name) ?? new Set()
  plan.tally.seen.set(operation.name, seen.add(answered.status))
  for (const fault of faultsOf(operation, attempt, caller, answered)) noteFault(fault, attempt, visit)
  if (answered.status >= 300) return answered
  if (answered.headers.get('content-type')?.includes('application/json')) {
    plan.known.learn(attempt.path, JSON.parse(answered.text))
  }
  if (attempt.headers['Idempotency-Key'] === undefined) return answered
  const again = await send(attempt, visit)
  if (again.status !== answered.status || again.text !== answered.text) {
    noteFault(
      `answers a repeat with ${again.status} ${again.text.slice(0, 200)}, not as the first time`,
      attempt,
      visit,
    )
  }
  return answered
}

export function noteFault(fault: string, attempt: Attempt, visit: Visit): void {
  const { operation, caller, plan } = visit
  const what = `${caller}, ${attempt.kind}: ${attempt.what}`
  plan.tally.faults.push({ operation: operation.name, fault, what, curl: curlOf(attempt, visit) })
}

const headersOf = ({ headers, body }: Attempt, as: string | undefined): Record<string, string> => ({
  ...headers,
  ...(as !== undefined && { authorization: `Bearer ${as}` }),
  ...(body !== undefined && { 'content-type': 'application/json' }),
})

async function send(attempt: Attempt, { operation, as, plan }: Visit): Promise<Answered> {
  const leaving = new AbortController()
  const answer = await fetch(`${plan.address}${attempt.path}`, {
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
  const address = quoted(`${plan.address}${attempt.path}`)
  return ['curl -i -g --path-as-is -X', operation.method, address, ...headers, ...sent].join(' ')
}
