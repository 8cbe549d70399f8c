import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { parametersIn, type Operation } from '../api-document.ts'
import { fits } from './fits.ts'
import type { Answered, Caller } from './judge.ts'
import { fill, fittingOf, type Attempt } from './request.ts'
import { spoilsOf } from './spoil.ts'
import type { Plan } from './tally.ts'
import { noteFault, tryOnce, type Visit } from './try-once.ts'

type Fields = Readonly<Record<string, unknown>>

type Asked = Readonly<{
  as?: string | undefined
  path?: Readonly<Record<string, string>>
  /** What the story needs of the body; beside it anything is drawn. */
  body?: Fields
  headers?: Readonly<Record<string, string>>
  /** The step is one that the shop turns down, and how. */
  refused?: number
}>

/**
 * One step of a story: an operation about known things. First come requests with a wrong place, then some with everything
 * beside `body` drawn from its bounds, which may succeed or be refused; when none of them succeeded, `body` alone must.
 */
export type Step = (caller: Caller, name: string, asked?: Asked) => Promise<any>

const draws = 3

export function stepsOf(operations: readonly Operation[], plan: Plan): Step {
  let taken = 0
  return async (caller, name, asked = {}) => {
    const operation = operations.find((one) => one.name === name)
    if (!operation) throw new Error(`There is no ${name}: a story tells of it`)
    const visit: Visit = { operation, caller, as: asked.as, plan }
    const seed = plan.seed + taken++ * 100
    const plain = plainOf(operation, asked)
    for (const spoiled of spoiledOf(operation, plain, seed)) await tryOnce(spoiled, visit)
    if (asked.refused !== undefined) return expect(await tryOnce(plain, visit), { plain, visit, asked })
    const key = isKeyed(operation) ? { 'Idempotency-Key': `step-of-a-story-${plan.seed}-${taken}` } : {}
    const ways = [...drawnOf({ operation, asked, plan, seed }), plain]
    for (const way of ways) {
      const attempt = { ...way, headers: { ...way.headers, ...key } }
      const answered = await tryOnce(attempt, visit)
      const other = ways.find((one) => saysOther(one, way))
      if (answered.status < 300 && isKeyed(operation) && other) await reuse({ ...attempt, body: other.body }, visit)
      if (answered.status < 300) return readingOf(answered)
      if (way === plain) expect(answered, { plain, visit, asked })
    }
    return undefined
  }
}

const isKeyed = (operation: Operation) =>
  parametersIn(operation, 'header').some(({ name }) => name === 'Idempotency-Key')

/** The order of fields says nothing. */
const saysOther = (one: Attempt, way: Attempt) =>
  one.body !== undefined && way.body !== undefined && !isDeepStrictEqual(JSON.parse(one.body), JSON.parse(way.body))

/** A key that was used with another body. */
async function reuse(attempt: Attempt, visit: Visit): Promise<void> {
  const { status } = await tryOnce(attempt, visit)
  if (status !== 422) noteFault(`answers ${status} to a key that was used with another body`, attempt, visit)
}

type Expected = Readonly<{ plain: Attempt; visit: Visit; asked: Asked }>

function expect(answered: Answered, { plain, visit, asked: { refused } }: Expected) {
  const { status, text } = answered
  const isRight = refused === undefined ? status < 300 : status === refused
  if (isRight) return readingOf(answered)
  const fault = `answers ${status} ${text.slice(0, 300)} in a story, not ${refused ?? 'with success'}`
  noteFault(fault, plain, visit)
  throw new StoryBroken(`${visit.operation.name} ${fault}`)
}

/** A story cannot go on: what broke it is among the faults. */
export class StoryBroken extends Error {}

const readingOf = ({ headers, text }: Answered): unknown =>
  headers.get('content-type')?.includes('json') && text !== '' ? JSON.parse(text) : undefined

const plainOf = (operation: Operation, { path = {}, body, headers = {} }: Asked): Attempt => ({
  kind: 'fits',
  what: 'a step of a story',
  path: fill(operation.path, path),
  headers,
  body: operation.body ? JSON.stringify(body ?? {}) : undefined,
})

function spoiledOf(operation: Operation, plain: Attempt, seed: number): readonly Attempt[] {
  if (!operation.body || plain.body === undefined) return []
  const spoils = [...spoilsOf(operation.body, JSON.parse(plain.body), seed).take(draws)]
  return spoils.map(({ what, text }) => ({ ...plain, kind: 'spoiled', what: `body ${what}`, body: text }))
}

type Drawing = Readonly<{ operation: Operation; asked: Asked; plan: Plan; seed: number }>

function drawnOf({ operation, asked, plan, seed }: Drawing): readonly Attempt[] {
  const { path = {}, body, headers = {} } = asked
  return fc.sample(fittingOf(operation, plan.known.real), { seed, numRuns: draws }).flatMap((attempt) => {
    const whole = operation.body && { ...(attempt.parts.body as Fields), ...body }
    if (operation.body && !fits(operation.body, whole)) return []
    const query = attempt.path.split('?')[1]
    const drawn: Attempt = {
      ...attempt,
      what: 'a step of a story, drawn',
      path: `${fill(operation.path, { ...attempt.parts.path, ...path })}${query === undefined ? '' : `?${query}`}`,
      headers: { ...attempt.headers, ...headers },
      body: whole && JSON.stringify(whole),
    }
    return [drawn]
  })
}
