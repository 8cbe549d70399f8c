import type { Log } from '#platform/telemetry'
import { problemOf } from '../problems/problem-of.ts'
import { Problem } from '../problems/problem.ts'
import { sendProblem } from '../problems/send-problem.ts'
import type { AnyReply, AnyRequest } from '../routes.ts'

/** Answers every thrown error with a problem document, and logs the unexpected ones. */
export const errorHandler = (log: Log) => (error: unknown, request: AnyRequest, reply: AnyReply) => {
  const problem = problemOf(error, request)
  if (problem.status >= 500 && !(error instanceof Problem)) log.error({ err: error }, problem.code)
  if (problem.status === 503 && !reply.hasHeader('retry-after')) reply.header('retry-after', 1)
  return sendProblem(reply, problem)
}
