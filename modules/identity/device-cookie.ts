const name = 'posad_device'
/** Browsers keep a cookie for at most 400 days. */
const lifetimeSeconds = 400 * 24 * 60 * 60
const pattern = new RegExp(`(?:^|; *)${name}=([\\w.-]{1,200})(?:;|$)`)

/** The token of a known device in the `Cookie` header of a request. */
export const deviceTokenOf = (cookies: string | undefined): string | undefined =>
  cookies === undefined ? undefined : pattern.exec(cookies)?.[1]

/** The `Set-Cookie` header for the token of a device. Scripts cannot read the cookie, and only the API gets it. */
export const deviceCookie = (token: string, { https }: Readonly<{ https: boolean }>): string =>
  `${name}=${token}; Path=/api; Max-Age=${lifetimeSeconds}; HttpOnly; SameSite=Lax${https ? '; Secure' : ''}`
