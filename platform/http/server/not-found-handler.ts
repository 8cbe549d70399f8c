import type { FastifyInstance } from 'fastify'
import { Problem } from '../problems/problem.ts'
import { sendProblem } from '../problems/send-problem.ts'
import type { AnyReply, AnyRequest } from '../routes.ts'

/** Path patterns with their methods, to distinguish 405 from 404. */
export type Paths = Map<string, Set<string>>

/** Collects every path of `server`; call it before the routes are added. */
export function collectPaths(server: FastifyInstance): Paths {
  const paths: Paths = new Map()
  server.addHook('onRoute', ({ url, method }) => {
    const methods = paths.get(url) ?? new Set()
    for (const one of [method].flat()) methods.add(one)
    paths.set(url, methods)
  })
  return paths
}

/** Answers requests that match no route: 405 with `Allow` when the path has other methods, otherwise 404. */
export const notFoundHandler = (paths: Paths) => {
  let patterns: readonly (readonly [RegExp, Set<string>])[] | undefined
  return (request: AnyRequest, reply: AnyReply) => {
    patterns ??= Array.from(paths, ([path, methods]) => [patternOf(path), methods] as const)
    const [path = ''] = request.url.split('?', 1)
    const allowed = new Set(patterns.filter(([pattern]) => pattern.test(path)).flatMap(([, methods]) => [...methods]))
    if (allowed.size === 0) return sendProblem(reply, new Problem(404, 'no-such-route'))
    reply.header('allow', [...allowed].toSorted().join(', '))
    return sendProblem(reply, new Problem(405, 'method-not-allowed'))
  }
}

/** `/orders/:id` matches one segment for `:id`; `*` matches the rest. */
function patternOf(path: string): RegExp {
  const parts = path.split('/').map((part) => {
    if (part === '*') return '.*'
    return part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/:\w+/g, '[^/]+')
  })
  return new RegExp(`^${parts.join('/')}$`)
}
