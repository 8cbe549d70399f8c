import { isId } from '#platform/values'
import { noRoute, type RouteFacts } from '../route-facts.ts'

const hidden = '[hidden]'

/** Parameters of paths that give access to what they name. */
const secretParameter = /^:\w*(token|secret|key)$/

/** A token has at least 16 signs, also capitals or digits. A path without a route may be a mistyped path with a token. */
const likeToken = (part: string) => /^(?=.*[A-Z\d])[\w-]{16,}$/.test(part) && !isId(part)

/** The path of a request for the log: without its query, and without tokens. */
export function loggedPath(url: string, { pattern }: Pick<RouteFacts, 'pattern'>): string {
  const [path = ''] = url.split('?', 1)
  const parts = path.split('/')
  if (pattern === noRoute.pattern) return parts.map((part) => (likeToken(part) ? hidden : part)).join('/')
  const names = pattern.split('/')
  return parts.map((part, place) => (secretParameter.test(names[place] ?? '') ? hidden : part)).join('/')
}
