import { cookieName, cookieOf, type Connection } from './cookie.ts'

const name = 'posad_device'
/** Browsers keep a cookie for at most 400 days. */
const lifetimeSeconds = 400 * 24 * 60 * 60

/** The token of a known device in the `Cookie` header of a request. */
export const deviceTokenOf = (cookies: string | undefined, connection: Connection): string | undefined =>
  cookieOf(cookies, cookieName(name, connection))

/** The `Set-Cookie` header for the token of a device. Scripts cannot read the cookie. */
export const deviceCookie = (token: string, connection: Connection): string =>
  `${cookieName(name, connection)}=${token}; Path=/; Max-Age=${lifetimeSeconds}; HttpOnly; SameSite=Lax${connection.https ? '; Secure' : ''}`
