import type { Operation } from '../api-document.ts'
import { misfit } from './fits.ts'
import type { Attempt } from './request.ts'

/** An impostor shows a token that nobody gave him. */
export type Caller = 'guest' | 'customer' | 'staff' | 'impostor'

export type Answered = Readonly<{ status: number; headers: Headers; text: string }>

/** What any address may answer, whatever lives there; the document's introduction says so. */
const anywhere = new Set([405, 408, 414, 431])

/** What is wrong with an answer: empty when nothing is. */
export function faultsOf(
  operation: Operation,
  attempt: Attempt,
  caller: Caller,
  answered: Answered,
): readonly string[] {
  const { status, headers, text } = answered
  const faults: string[] = []
  const check = (isRight: boolean, fault: string) => void (isRight || faults.push(fault))
  check(status < 500, `answers ${status}`)
  check(String(status) in operation.responses || anywhere.has(status), `${status} is not documented`)
  check(headers.has('x-request-id'), 'has no X-Request-ID')
  check(/^\d+\.\d+ms$/.test(headers.get('x-response-time') ?? ''), 'has no X-Response-Time')
  check(!leaks.test(text), 'tells about our insides')
  if (status >= 400) faults.push(...problemFaults(answered))
  if (String(status) in operation.responses) faults.push(...bodyFaults(operation, answered))
  faults.push(...expectationFaults(operation, attempt, caller, answered))
  return faults
}

const leaks =
  /\bat \S+ \(?(file:|\/|node:)|node_modules|\.ts:\d+|"stack"|syntax error at or near|violates \w+ constraint/

/** What a caller gets who is not let in at all. */
function turnedAway({ admits, ignoresToken }: Operation, caller: Caller): 401 | 403 | undefined {
  if (caller === 'impostor') return ignoresToken ? undefined : 401
  if (admits === 'anyone' || admits === caller) return undefined
  return caller === 'guest' ? 401 : 403
}

function expectationFaults(operation: Operation, { kind }: Attempt, caller: Caller, { status, text }: Answered) {
  if (kind === 'odd') return []
  const closed = turnedAway(operation, caller)
  if (closed !== undefined) return status === closed ? [] : [`answers ${status} to a ${caller}, not ${closed}`]
  if (kind === 'spoiled') return status === 400 ? [] : [`answers ${status} to a wrong request, not 400`]
  return text.includes('"code":"validation-failed"') ? ['refuses as malformed what fits its description'] : []
}

function problemFaults({ status, headers, text }: Answered): string[] {
  if (headers.get('content-type')?.split(';', 1)[0] !== 'application/problem+json') {
    return [`is ${headers.get('content-type')}, not application/problem+json`]
  }
  const problem = JSON.parse(text) as Record<string, unknown>
  const isRight =
    problem['status'] === status &&
    /^[a-z0-9]+(-[a-z0-9]+)*$/.test(String(problem['code'])) &&
    problem['request_id'] === headers.get('x-request-id') &&
    ['type', 'title', 'detail'].every((name) => typeof problem[name] === 'string')
  return isRight ? [] : [`is no problem document: ${text.slice(0, 300)}`]
}

function bodyFaults({ responses }: Operation, { status, headers, text }: Answered): string[] {
  const content = responses[status]?.content
  const type = headers.get('content-type')?.split(';', 1)[0] ?? ''
  if (type === 'text/event-stream') return []
  if (text === '') return status === 204 || !content ? [] : ['is empty']
  const told = content?.[type]
  if (!told) return [`is ${type}, which is not documented`]
  const wrong = told.schema && misfit(told.schema, JSON.parse(text))
  return wrong ? [`does not fit its description: ${wrong}`] : []
}
