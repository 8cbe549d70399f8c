import { cookieName, cookieOf, type Connection } from '../cookie.ts'
import { loginLifetime } from './auth/telegram-oidc.ts'

const name = 'posad_telegram'

/** The secret of a login that this browser began, in the `Cookie` header of a request. */
export const loginSecretOf = (cookies: string | undefined, connection: Connection): string | undefined =>
  cookieOf(cookies, cookieName(name, connection))

/** The `Set-Cookie` header for the secret of a login. Scripts cannot read the cookie. */
export const loginCookie = (secret: string, connection: Connection): string =>
  `${cookieName(name, connection)}=${secret}; Path=/; Max-Age=${loginLifetime / 1000}; HttpOnly; SameSite=Lax${connection.https ? '; Secure' : ''}`
