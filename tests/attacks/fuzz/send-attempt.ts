import { isStream, type Operation } from '../api-document.ts'
import type { Attempt } from './attempts.ts'
import { faultsOf, type Caller, type Received } from './faults.ts'
import type { Plan } from './tally.ts'

/** The operation that gets the requests, and the caller who sends them. */
export type Target = Readonly<{ operation: Operation; caller: Caller; as: string | undefined; plan: Plan }>

/** Sends an attempt, and a second time when it has an Idempotency-Key; records the statuses and the faults. */
export async function sendAttempt(attempt: Attempt, target: Target): Promise<Received> {
  const { operation, caller, plan } = target
  const received = await send(attempt, target)
  plan.tally.requests++
  const statuses = plan.tally.statuses.get(operation.name) ?? new Set()
  plan.tally.statuses.set(operation.name, statuses.add(received.status))
  for (const fault of faultsOf(operation, attempt, caller, received)) recordFault(fault, attempt, target)
  if (received.status >= 300) return received
  if (received.headers.get('content-type')?.includes('application/json')) {
    plan.known.learn(attempt.path, JSON.parse(received.text))
  }
  if (attempt.headers['Idempotency-Key'] === undefined) return received
  const repeated = await send(attempt, target)
  if (repeated.status !== received.status || repeated.text !== received.text) {
    const fault = `answers a repeat with ${repeated.status} ${repeated.text.slice(0, 200)}, not with the first response`
    recordFault(fault, attempt, target)
  }
  return received
}

export function recordFault(fault: string, attempt: Attempt, target: Target): void {
  const { operation, caller, plan } = target
  const request = `${caller}, ${attempt.kind}: ${attempt.description}`
  plan.tally.faults.push({ operation: operation.name, fault, request, curl: curlOf(attempt, target) })
}

const headersOf = ({ headers, body }: Attempt, as: string | undefined): Record<string, string> => ({
  ...headers,
  ...(as !== undefined && { authorization: `Bearer ${as}` }),
  ...(body !== undefined && { 'content-type': 'application/json' }),
})

async function send(attempt: Attempt, { operation, as, plan }: Target): Promise<Received> {
  const abort = new AbortController()
  const response = await fetch(`${plan.address}${attempt.path}`, {
    method: operation.method,
    headers: headersOf(attempt, as),
    redirect: 'manual',
    signal: abort.signal,
    ...(attempt.body !== undefined && { body: attempt.body }),
  })
  if (isStream(operation) && response.status === 200) {
    abort.abort()
    return { status: 200, headers: response.headers, text: '' }
  }
  return { status: response.status, headers: response.headers, text: await response.text() }
}

const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** A shell command that sends the request again. */
function curlOf(attempt: Attempt, { operation, as, plan }: Target): string {
  const headers = Object.entries(headersOf(attempt, as)).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`)
  const { body } = attempt
  const shown = body !== undefined && body.length > 3000 ? `${body.slice(0, 3000)}…(${body.length} characters)` : body
  const data = shown === undefined ? [] : [`--data-raw ${quoted(shown)}`]
  const address = quoted(`${plan.address}${attempt.path}`)
  return ['curl -i -g --path-as-is -X', operation.method, address, ...headers, ...data].join(' ')
}
