import type { Locale } from '#platform/values'

/** Who sends a request. */
export type Caller =
  | Readonly<{ kind: 'guest' }>
  | Readonly<{
      kind: 'user'
      user_id: string
      email?: string
      role: string
      permissions: readonly string[]
      sid: string
      /** The language he chose; goes before `Accept-Language`. */
      locale?: Locale
    }>
  | Readonly<{ kind: 'machine'; name: 'admin' | 'internal' }>

/** Tells who the bearer of a token is; undefined when the token is not good. */
export type Authenticate = (token: string) => Promise<Caller | undefined>

/** Who may use a route: written beside every route, a route without it does not start. */
export type Access = 'anyone' | 'customer' | 'internal' | Readonly<{ permission: string }>

/** The person behind `caller`; throws for guests and machines, which a route's access has already kept out. */
export function userOf(caller: Caller): Extract<Caller, { kind: 'user' }> {
  if (caller.kind !== 'user') throw new Error(`A ${caller.kind} came where access let in persons only`)
  return caller
}

/** True when `access` admits `caller`. Staff permissions are held by users; the admin machine token holds all of them. */
export function admits(access: Access, caller: Caller): boolean {
  if (access === 'anyone') return true
  if (access === 'customer') return caller.kind === 'user'
  if (access === 'internal') return caller.kind === 'machine'
  return caller.kind === 'machine'
    ? caller.name === 'admin'
    : caller.kind === 'user' && caller.permissions.includes(access.permission)
}
