import type { Caller } from '#platform/access'
import type { Actor } from '../actor.ts'
import type { IdentityDb } from './tables.ts'
import { findUser } from './users.ts'

/** The actor of a request. The rights are read here, because those of the token may be old. */
export async function actorOf(db: IdentityDb, caller: Caller): Promise<Actor> {
  if (caller.kind === 'machine') return { kind: 'machine', name: caller.name }
  const user = caller.kind === 'user' ? await findUser(db, caller.user_id) : undefined
  if (!user) throw new Error('The route admits staff only')
  const { id: user_id, role, is_superadmin } = user
  return { kind: 'user', user_id, role, is_superadmin }
}
