import { isId } from '#platform/values'
import { noRoute, type RouteFacts } from '../route-facts.ts'

const hidden = '[hidden]'

/** Parameters of paths that give access to what they name. */
const secretParameter = /^:\w*(token|secret|key)$/

/** A token has at least 16 signs, and capitals, or digits among letters without a separator. */
const likeToken = (part: string) =>
  (/^(?=.*[A-Z])[\w.~-]{16,}$/.test(part) || /^(?=.*\d)[a-z\d]{16,}$/.test(part)) && !isId(part)

/** Longer paths are cut. */
const maxLength = 300

/**
 * The path of a request for the log: without its query, and without tokens. Where the route does not name a part, because
 * another service has the route or there is none, a part that looks like a token is hidden: it may be one.
 */
export function loggedPath(url: string, { pattern }: Pick<RouteFacts, 'pattern'>): string {
  const [path = ''] = url.slice(0, maxLength).split('?', 1)
  const names = pattern === noRoute.pattern ? [] : pattern.split('/')
  const isNamed = (place: number) =>
    names[place] !== undefined && names.slice(0, place + 1).every((name) => name !== '*')
  const isSecret = (part: string, place: number) =>
    isNamed(place) ? secretParameter.test(names[place] ?? '') : likeToken(part)
  return path
    .split('/')
    .map((part, place) => (isSecret(part, place) ? hidden : part))
    .join('/')
}
