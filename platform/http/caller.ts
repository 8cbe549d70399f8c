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
  | Readonly<{ kind: 'machine'; name: string; permissions: 'all' | readonly string[] }>

/** Tells who the bearer of a token is; undefined when the token is not good. */
export type Authenticate = (token: string) => Promise<Caller | undefined>

/** Who may use a route: written beside every route, a route without it does not start. */
export type Access = 'anyone' | 'user' | 'machine' | 'customer' | 'internal' | Readonly<{ permission: string }>

/** The person behind `caller`; throws for guests and machines, which a route's access has already kept out. */
export function userOf(caller: Caller): Extract<Caller, { kind: 'user' }> {
  if (caller.kind !== 'user') throw new Error(`A ${caller.kind} came where access let in persons only`)
  return caller
}

/** True when `access` admits `caller`. A permission may be held by a user or by a machine. */
export function admits(access: Access, caller: Caller): boolean {
  if (access === 'anyone') return true
  if (access === 'customer' || access === 'user') return caller.kind === 'user'
  if (access === 'internal' || access === 'machine') return caller.kind === 'machine'
  if (caller.kind === 'guest') return false
  return caller.permissions === 'all' || caller.permissions.includes(access.permission)
}
