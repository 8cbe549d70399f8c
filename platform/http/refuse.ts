import type { Answer, Refused } from './answer.ts'
import { Problem, problemText } from './problem.ts'
import { problemResponse } from './problem-schema.ts'
import type { AnyReply } from './routes.ts'

/**
 * Answers a refusal by the route's table. Further properties of the outcome become members of the problem document.
 * Typed `never` because the answer is sent: `return refuse(…)` fits any handler.
 */
export function refuse<Reason extends string>(
  reply: AnyReply,
  answers: Readonly<Record<Reason, Answer>>,
  outcome: Refused<Reason>,
): never {
  const { kind: _, reason, ...members } = outcome
  const { status, en, ru } = answers[reason]
  return sendProblem(reply, new Problem(status, reason, { en, ru }).with(members)) as never
}

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
