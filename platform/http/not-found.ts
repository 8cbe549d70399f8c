import type { FastifyInstance } from 'fastify'
import { Problem } from './problem.ts'
import type { AnyReply, AnyRequest } from './routes.ts'
import { sendProblem } from './refuse.ts'

/** Paths and the methods they take, for telling 405 from 404. */
export type Paths = Map<string, Set<string>>

/** Collects every path of `server`; call before its routes are added. */
export function collectPaths(server: FastifyInstance): Paths {
  const paths: Paths = new Map()
  server.addHook('onRoute', ({ url, method }) => {
    const methods = paths.get(url) ?? new Set()
    for (const one of [method].flat()) methods.add(one)
    paths.set(url, methods)
  })
  return paths
}

/** Answers what no route takes: 405 with `Allow` when the path exists under other methods, otherwise 404. */
export const answerNotFound = (paths: Paths) => {
  let shapes: readonly (readonly [RegExp, Set<string>])[] | undefined
  return (request: AnyRequest, reply: AnyReply) => {
    shapes ??= Array.from(paths, ([path, methods]) => [shapeOf(path), methods] as const)
    const [path = ''] = request.url.split('?', 1)
    const allowed = new Set(shapes.filter(([shape]) => shape.test(path)).flatMap(([, methods]) => [...methods]))
    if (allowed.size === 0) return sendProblem(reply, new Problem(404, 'no-such-route'))
    reply.header('allow', [...allowed].toSorted().join(', '))
    return sendProblem(reply, new Problem(405, 'method-not-allowed'))
  }
}

/** `/orders/:id` takes one segment for `:id`, and `*` takes whatever is left. */
function shapeOf(path: string): RegExp {
  const parts = path.split('/').map((part) => {
    if (part === '*') return '.*'
    return part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/:\w+/g, '[^/]+')
  })
  return new RegExp(`^${parts.join('/')}$`)
}
