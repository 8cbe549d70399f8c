import { newId } from '#platform/values'

const safe = /^[\w.:/+=@-]{1,128}$/

/** `X-Request-ID` of the caller when it is a safe token, otherwise a new id. */
export function requestIdOf({ headers }: { headers: Record<string, string | string[] | undefined> }): string {
  const sent = headers['x-request-id']
  return typeof sent === 'string' && safe.test(sent) ? sent : newId()
}
