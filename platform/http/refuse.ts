import type { NotFound, Refused } from '#platform/outcome'
import type { Answer } from './answer.ts'
import { Problem, problemText } from './problem.ts'
import { problemResponse } from './problem-schema.ts'
import type { AnyReply } from './routes.ts'

/**
 * Answers a refusal by the route's table, and a not-found with 404. Further properties of a refusal become members of the
 * problem document. Typed `never` because the response is sent: `return refuse(…)` fits any handler.
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
  const { kind: _, reason, ...members } = outcome
  const answer = answers[reason]
  if (!answer) throw new Error(`No answer for the refusal ${reason}`)
  const { status, en, ru } = answer
  return sendProblem(reply, new Problem(status, reason, { en, ru }).with(members)) as never
}

const notFoundProblem = ({ what }: NotFound): Problem =>
  new Problem(404, 'not-found', {
    en: `There is no such ${what}, or it is not yours.`,
    ru: 'Такого нет, или оно не ваше.',
  })

/** Sends `problem` in the language of the request. */
export function sendProblem(reply: AnyReply, problem: Problem): AnyReply {
  const { request } = reply
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(problemText(problem, request.locale ?? 'ru', request.id))
}

/** Documents a route's refusals: spread it into `schema.response`. The type is empty, so that it types no answer. */
export function problemsOf(answers: Readonly<Record<string, Answer>>): {} {
  const byStatus: Record<number, string[]> = {}
  for (const [code, { status, en }] of Object.entries(answers)) (byStatus[status] ??= []).push(`\`${code}\`: ${en}`)
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, lines]) => [status, problemResponse(lines.join('\n\n'))]),
  )
}
