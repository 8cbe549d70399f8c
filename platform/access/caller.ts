import type { Locale } from '#platform/values'

/** The sender of a request. */
export type Caller =
  | Readonly<{ kind: 'guest' }>
  | Readonly<{
      kind: 'user'
      user_id: string
      email?: string
      /** The user has proven a mailbox or a Telegram account. */
      is_verified?: boolean
      role: string
      permissions: readonly string[]
      sid: string
      /** The language that the user chose; it takes precedence over `Accept-Language`. */
      locale?: Locale
    }>
  /** `isService`: another process of the shop, which runs the services of this name. */
  | Readonly<{ kind: 'machine'; name: string; permissions: 'all' | readonly string[]; isService?: true }>

/** The request that a token comes with: `isWrite`, it may change something; `isOfStaff`, its route asks for a permission. */
export type TokenUse = Readonly<{ isWrite: boolean; isOfStaff: boolean }>

/**
 * Finds the caller of a bearer token; undefined when the token is not valid. A cached caller is good enough for a read of
 * one's own; `use` says when the answer must be newer, and is absent for such a read.
 */
export type Authenticate = (token: string, use?: TokenUse) => Promise<Caller | undefined>

/** Narrows `caller` to a user. Throws for guests and machines, which the route's access has already refused. */
export function userOf(caller: Caller): Extract<Caller, { kind: 'user' }> {
  if (caller.kind !== 'user') throw new Error(`The caller is a ${caller.kind}: set the route's access to 'user'`)
  return caller
}

/** The id of the user who sends the request; null for guests and machines. */
export const userIdOf = (caller: Caller): string | null => (caller.kind === 'user' ? caller.user_id : null)
