import { loginLifetime } from './auth/telegram-oidc.ts'

const pattern = /(?:^|; *)(?:__Host-)?posad_telegram=([\w.-]{1,100})(?:;|$)/

/** The secret of a login that this browser began, in the `Cookie` header of a request. */
export const loginSecretOf = (cookies: string | undefined): string | undefined =>
  cookies === undefined ? undefined : pattern.exec(cookies)?.[1]

/**
 * The `Set-Cookie` header for the secret of a login. Scripts cannot read it, and over https no other host of the domain can
 * set it (`__Host-`), so that no other person puts his login into this browser.
 */
export const loginCookie = (secret: string, { https }: Readonly<{ https: boolean }>): string =>
  `${https ? '__Host-' : ''}posad_telegram=${secret}; Path=/; Max-Age=${loginLifetime / 1000}; HttpOnly; SameSite=Lax${https ? '; Secure' : ''}`
