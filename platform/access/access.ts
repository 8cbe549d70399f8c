import type { Caller } from './caller.ts'

/** The callers that a route admits. Every route says so in `config.access`; the server does not start otherwise. */
export type Access = 'anyone' | 'user' | 'machine' | Readonly<{ permission: string }>

/** True when `access` admits `caller`. A permission may be held by a user or by a machine. */
export function admits(access: Access, caller: Caller): boolean {
  if (access === 'anyone') return true
  if (access === 'user') return caller.kind === 'user'
  if (access === 'machine') return caller.kind === 'machine'
  if (caller.kind === 'guest') return false
  return caller.permissions === 'all' || caller.permissions.includes(access.permission)
}
