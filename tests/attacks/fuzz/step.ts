import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { newId } from '#platform/values'
import { topology } from '../../e2e/open-shop.ts'
import { parametersIn, type Operation } from '../api-document.ts'
import { fill, validAttemptsOf, type Attempt } from './attempts.ts'
import type { Caller, Received } from './faults.ts'
import { fits } from './fits.ts'
import { invalidVariantsOf } from './invalid-variants.ts'
import { recordFault, sendAttempt, type Target } from './send-attempt.ts'
import type { Plan } from './tally.ts'

type Fields = Readonly<Record<string, unknown>>

type StepInput = Readonly<{
  as?: string | undefined
  path?: Readonly<Record<string, string>>
  /** The fields that the story needs; one with the value undefined stays absent. The other fields are random. */
  body?: Fields
  headers?: Readonly<Record<string, string>>
  query?: Readonly<Record<string, string>>
  /** The status with which the shop must refuse the step. */
  refused?: number
}>

/**
 * One step of a story: it sends requests to an operation, and returns the body of the first success. It sends invalid
 * requests first, and then valid ones with random fields beside `body`; the shop may refuse these. When it refuses them all,
 * it must accept `body` alone.
 */
export type Step = (caller: Caller, name: string, input?: StepInput) => Promise<unknown>

/** The number of invalid and of random requests in a step. */
const variants = 3

export function stepsOf(operations: readonly Operation[], plan: Plan): Step {
  let count = 0
  return async (caller, name, input = {}) => {
    const operation = operations.find((one) => one.name === name)
    // The gateway hides the routes for programs; the run with one process tests them.
    if (!operation && topology !== 'one' && name.includes('/internal/')) return undefined
    if (!operation) throw new Error(`The API document has no ${name}`)
    const target: Target = { operation, caller, as: input.as, plan }
    const seed = plan.seed + count++ * 100
    const plain = plainOf(operation, input)
    for (const invalid of invalidOf(operation, plain, seed)) await sendAttempt(invalid, target)
    if (input.refused !== undefined) return bodyOf(await sendAttempt(plain, target), { plain, target, input })
    const key = isIdempotent(operation) ? { 'Idempotency-Key': newId() } : {}
    const attempts = [...randomOf({ operation, input, plan, seed }), plain]
    for (const original of attempts) {
      const attempt = { ...original, headers: { ...original.headers, ...key } }
      const received = await sendAttempt(attempt, target)
      if (received.status < 300) {
        const other = attempts.find((one) => hasOtherBody(one, original))
        if (isIdempotent(operation) && other) await reuseKey({ ...attempt, body: other.body }, target)
        return parse(received)
      }
      if (original === plain) return bodyOf(received, { plain, target, input })
    }
    return undefined
  }
}

const isIdempotent = (operation: Operation) =>
  parametersIn(operation, 'header').some(({ name }) => name === 'Idempotency-Key')

/** The order of the fields does not count. */
const hasOtherBody = (one: Attempt, other: Attempt) =>
  one.body !== undefined && other.body !== undefined && !isDeepStrictEqual(JSON.parse(one.body), JSON.parse(other.body))

/** Sends another body with a key that is already used. */
async function reuseKey(attempt: Attempt, target: Target): Promise<void> {
  const { status } = await sendAttempt(attempt, target)
  if (status !== 422) recordFault(`answers ${status} to a key that was used with another body`, attempt, target)
}

type Expected = Readonly<{ plain: Attempt; target: Target; input: StepInput }>

/** The body of an expected response. Any other response is a fault that ends the story. */
function bodyOf(received: Received, { plain, target, input: { refused } }: Expected): unknown {
  const { status, text } = received
  const isExpected = refused === undefined ? status < 300 : status === refused
  if (isExpected) return parse(received)
  const fault = `answers ${status} ${text.slice(0, 300)} in a story, not ${refused ?? 'with success'}`
  recordFault(fault, plain, target)
  throw new StoryFailed(`${target.operation.name} ${fault}`)
}

/** A story cannot continue. The tally has the fault. */
export class StoryFailed extends Error {}

const parse = ({ headers, text }: Received): unknown =>
  headers.get('content-type')?.includes('json') && text !== '' ? JSON.parse(text) : undefined

const plainOf = (operation: Operation, { path = {}, query, body, headers = {} }: StepInput): Attempt => ({
  kind: 'valid',
  description: 'a step of a story',
  path: `${fill(operation.path, path)}${query ? `?${new URLSearchParams(query).toString()}` : ''}`,
  headers,
  body: operation.body ? JSON.stringify(body ?? {}) : undefined,
})

function invalidOf(operation: Operation, plain: Attempt, seed: number): readonly Attempt[] {
  if (!operation.body || plain.body === undefined) return []
  const invalid = [...invalidVariantsOf(operation.body, JSON.parse(plain.body), seed).take(variants)]
  return invalid.map(({ change, text }) => ({ ...plain, kind: 'invalid', description: `body ${change}`, body: text }))
}

type Random = Readonly<{ operation: Operation; input: StepInput; plan: Plan; seed: number }>

function randomOf({ operation, input, plan, seed }: Random): readonly Attempt[] {
  const { path = {}, body, headers = {} } = input
  const sample = fc.sample(validAttemptsOf(operation, plan.known.valuesOf), { seed, numRuns: variants })
  return sample.flatMap((attempt) => {
    const fields = operation.body && { ...(attempt.parts.body as Fields), ...body }
    if (operation.body && !fits(operation.body, fields)) return []
    const query = attempt.path.split('?')[1]
    const random: Attempt = {
      ...attempt,
      description: 'a step of a story with random fields',
      path: `${fill(operation.path, { ...attempt.parts.path, ...path })}${query === undefined ? '' : `?${query}`}`,
      headers: { ...attempt.headers, ...headers },
      body: fields && JSON.stringify(fields),
    }
    return [random]
  })
}
