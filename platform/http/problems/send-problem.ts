import type { AnyReply } from '../routes.ts'
import { problemText, type Problem } from './problem.ts'

/** Sends `problem` in the language of the request. */
export function sendProblem(reply: AnyReply, problem: Problem): AnyReply {
  const { request } = reply
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(problemText(problem, request.locale ?? 'ru', request.id))
}
