import type { AnyRequest } from '#platform/http'
import type { Visit } from './open-session.ts'

/** Where a request comes from. */
export const visitOf = ({ headers, ip }: AnyRequest): Visit => ({
  device: (headers['user-agent'] ?? '').slice(0, 200),
  ip,
})
