import type { Operation } from '../api-document.ts'
import type { Attempt } from './attempts.ts'
import { mismatchOf } from './fits.ts'

/** An impostor sends a forged token. */
export type Caller = 'guest' | 'customer' | 'staff' | 'impostor'

export type Received = Readonly<{ status: number; headers: Headers; text: string }>

/** Statuses that every path may answer; the introduction of the document describes them. */
const describedForAll = new Set([405, 408, 414, 431])

/** The faults of a response; empty when it is right. */
export function faultsOf(
  operation: Operation,
  attempt: Attempt,
  caller: Caller,
  received: Received,
): readonly string[] {
  const { status, headers, text } = received
  const faults: string[] = []
  const check = (isRight: boolean, fault: string) => void (isRight || faults.push(fault))
  check(status < 500, `answers ${status}`)
  check(String(status) in operation.responses || describedForAll.has(status), `${status} is not documented`)
  check(headers.has('x-request-id'), 'has no X-Request-ID')
  check(/^\d+\.\d+ms$/.test(headers.get('x-response-time') ?? ''), 'has no X-Response-Time')
  check(!leaks.test(text), 'shows internals of the program')
  if (status >= 400) faults.push(...problemFaults(received))
  if (String(status) in operation.responses) faults.push(...bodyFaults(operation, received))
  faults.push(...expectationFaults(operation, attempt, caller, received))
  return faults
}

const leaks =
  /\bat \S+ \(?(file:|\/|node:)|node_modules|\.ts:\d+|"stack"|syntax error at or near|violates \w+ constraint/

/** The status for a caller whom the operation does not admit; undefined for a caller whom it admits. */
function closedTo({ admits, ignoresToken }: Operation, caller: Caller): 401 | 403 | undefined {
  if (caller === 'impostor') return ignoresToken ? undefined : 401
  if (admits === 'anyone' || admits === caller) return undefined
  if (admits === 'signed-in' && (caller === 'customer' || caller === 'staff')) return undefined
  return caller === 'guest' ? 401 : 403
}

function expectationFaults(operation: Operation, { kind, path }: Attempt, caller: Caller, { status, text }: Received) {
  if (kind === 'ambiguous') return []
  const closed = closedTo(operation, caller)
  // The token may be one that staff got a moment before: it opens its stream without another proof.
  if (closed !== undefined && path.includes('stream_token=')) return []
  if (closed !== undefined) return status === closed ? [] : [`answers ${status} to a ${caller}, not ${closed}`]
  if (kind === 'invalid') return status === 400 ? [] : [`answers ${status} to an invalid request, not 400`]
  return text.includes('"code":"validation-failed"') ? ['refuses a request that fits the description as invalid'] : []
}

function problemFaults({ status, headers, text }: Received): string[] {
  if (headers.get('content-type')?.split(';', 1)[0] !== 'application/problem+json') {
    return [`is ${headers.get('content-type')}, not application/problem+json`]
  }
  const problem = JSON.parse(text) as Record<string, unknown>
  const isRight =
    problem['status'] === status &&
    /^[a-z0-9]+(-[a-z0-9]+)*$/.test(String(problem['code'])) &&
    problem['request_id'] === headers.get('x-request-id') &&
    ['type', 'title', 'detail'].every((name) => typeof problem[name] === 'string')
  return isRight ? [] : [`is not a problem document: ${text.slice(0, 300)}`]
}

function bodyFaults({ responses }: Operation, { status, headers, text }: Received): string[] {
  const content = responses[status]?.content
  const type = headers.get('content-type')?.split(';', 1)[0] ?? ''
  if (type === 'text/event-stream') return []
  if (text === '') return status === 204 || !content ? [] : ['is empty']
  const documented = content?.[type]
  if (!documented) return [`is ${type}, which is not documented`]
  if (!type.endsWith('json')) return []
  const mismatch = documented.schema && mismatchOf(documented.schema, JSON.parse(text))
  return mismatch ? [`does not fit its description: ${mismatch}`] : []
}
