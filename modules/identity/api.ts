import type { Authenticate } from '#platform/http'

/** What other modules, and the HTTP server itself, may ask identity. */
export type IdentityApi = Readonly<{
  /** Who the bearer of an access token or machine token is. */
  authenticate: Authenticate
}>
