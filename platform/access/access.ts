import type { Caller } from './caller.ts'

/**
 * The callers that a route admits. Every route says so in `config.access`; the server does not start otherwise. `service`:
 * other processes of the shop, by their own tokens; no user and no other program is admitted.
 */
export type Access = 'anyone' | 'user' | 'machine' | 'service' | Readonly<{ permission: string }>

/** True when `access` admits `caller`. A permission may be held by a user or by a machine. */
export function admits(access: Access, caller: Caller): boolean {
  if (access === 'anyone') return true
  if (access === 'user') return caller.kind === 'user'
  if (access === 'machine') return caller.kind === 'machine'
  if (access === 'service') return caller.kind === 'machine' && caller.isService === true
  if (caller.kind === 'guest') return false
  return caller.permissions === 'all' || caller.permissions.includes(access.permission)
}
