import type { NotFound, Refused } from '#platform/outcome'
import type { AnyReply } from '../routes.ts'
import type { Answer } from './answer.ts'
import { problemResponse, type ProblemCase } from './problem-schema.ts'
import { Problem, type Members } from './problem.ts'
import { sendProblem } from './send-problem.ts'

/**
 * Answers a refusal by the route's table, and a not-found with 404. The properties of a refusal that its answer declares
 * become members of the problem document; `retry_after`, in seconds, is sent as `Retry-After`, and `rate_limit` as the
 * `RateLimit` headers. Typed `never` because the response is sent:
 * `return refuse(…)` fits any handler.
 */
export function refuse(reply: AnyReply, outcome: NotFound): never
export function refuse<Reason extends string>(
  reply: AnyReply,
  outcome: Refused<NoInfer<Reason>> | NotFound,
  answers: Readonly<Record<Reason, Answer>>,
): never
export function refuse(
  reply: AnyReply,
  outcome: Refused | NotFound,
  answers: Readonly<Record<string, Answer>> = {},
): never {
  if (outcome.kind === 'not-found') return sendProblem(reply, notFoundProblem(outcome)) as never
  const { reason } = outcome
  const answer = answers[reason]
  if (!answer) throw new Error(`The route has no answer for the refusal "${reason}": add it to its table`)
  const { status, en, ru, members = {} } = answer
  const { retry_after, rate_limit } = outcome as Readonly<{ retry_after?: number; rate_limit?: RateLimit }>
  if (retry_after !== undefined) reply.header('retry-after', retry_after)
  if (rate_limit) reply.headers(rateLimitHeadersOf(rate_limit))
  return sendProblem(
    reply,
    new Problem(status, reason, { en, ru }).with(picked(outcome, Object.keys(members))),
  ) as never
}

/** The document contains the members that the answer declares, and no others: clients are generated from them. */
const picked = (outcome: object, names: readonly string[]): Members =>
  Object.fromEntries(Object.entries(outcome).filter(([name]) => names.includes(name)))

type RateLimit = Readonly<{ limit: number; remaining: number; reset: number }>

/** The route's own limit has set these headers for a request that it granted. */
const rateLimitHeadersOf = ({ limit, remaining, reset }: RateLimit) => ({
  'ratelimit-limit': limit,
  'ratelimit-remaining': remaining,
  'ratelimit-reset': reset,
})

const notFoundProblem = ({ what }: NotFound): Problem =>
  new Problem(404, 'not-found', {
    en: `There is no such ${what}, or it is not yours.`,
    ru: 'Ничего не найдено, или у вас нет доступа.',
  })

/** Documents a route's refusals: spread it into `schema.response`. The type is empty, so that it types no response. */
export function problemsOf(answers: Readonly<Record<string, Answer>>): {} {
  const cases = Object.entries(answers).map(([code, { status, en, members }]) => ({ status, code, text: en, members }))
  const byStatus = Map.groupBy(cases, ({ status }) => status)
  return Object.fromEntries(Array.from(byStatus, ([status, some]) => [status, problemResponse(some as ProblemCase[])]))
}
