import type { AnyReply } from '../routes.ts'
import { prefersHtml, problemPage, problemPageHeaders } from './problem-page.ts'
import { problemText, type Problem } from './problem.ts'

/** Sends `problem` in the language of the request: as a page to a browser that opens one, otherwise as JSON. */
export function sendProblem(reply: AnyReply, problem: Problem): AnyReply {
  const { request } = reply
  const locale = request.locale ?? 'ru'
  reply.code(problem.status)
  if (request.url.startsWith('/api/') || !prefersHtml(request.headers.accept)) {
    const text = problemText(problem, locale, request.id)
    return reply.header('content-type', 'application/problem+json; charset=utf-8').send(text)
  }
  return reply.headers(problemPageHeaders).send(problemPage(problem, locale, request.id))
}
