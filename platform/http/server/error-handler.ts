import type { Log } from '#platform/telemetry'
import { problemOf } from '../problems/problem-of.ts'
import { Problem } from '../problems/problem.ts'
import { sendProblem } from '../problems/send-problem.ts'
import type { AnyReply, AnyRequest } from '../routes.ts'

/** Answers every thrown error with a problem document, and logs the unexpected ones. */
export const errorHandler = (log: Log) => (error: unknown, request: AnyRequest, reply: AnyReply) => {
  if (isEndOfClient(error, request)) {
    const action = `${request.method} ${request.facts?.pattern}`
    log.debug({ action }, 'the client cut the connection in the middle of its body')
    return void reply.hijack()
  }
  const problem = problemOf(error, request)
  if (problem.status >= 500 && !(error instanceof Problem)) {
    log.error({ err: error }, problem.code)
    request.traceContext?.span?.fail(error)
  }
  if (problem.status === 503 && !reply.hasHeader('retry-after')) reply.header('retry-after', 1)
  return sendProblem(reply, problem)
}

/**
 * True for the error of the request's own stream, which has the code of an outage (ECONNRESET). A client that is gone is
 * no error of the shop, and an answer has no reader.
 */
const isEndOfClient = (error: unknown, { raw }: AnyRequest): boolean => error instanceof Error && raw.errored === error
