import type { Caller } from './caller.ts'

/**
 * The callers that a route admits. Every route says so in `config.access`; the server does not start otherwise. `service`:
 * other processes of the shop, by their own tokens; no user and no other program is admitted. `userOr`: every user, who sees
 * only what is his own, and callers with the permission, who see all.
 */
export type Access =
  | 'anyone'
  | 'user'
  | 'machine'
  | 'service'
  | Readonly<{ permission: string }>
  | Readonly<{ userOr: string }>

/** True when `access` admits `caller`. A permission may be held by a user or by a machine. */
export function admits(access: Access, caller: Caller): boolean {
  if (access === 'anyone') return true
  if (access === 'user') return caller.kind === 'user'
  if (access === 'machine') return caller.kind === 'machine'
  if (access === 'service') return caller.kind === 'machine' && caller.isService === true
  if (caller.kind === 'guest') return false
  if ('userOr' in access) return caller.kind === 'user' || admits({ permission: access.userOr }, caller)
  return caller.permissions === 'all' || caller.permissions.includes(access.permission)
}
