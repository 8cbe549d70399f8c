import type { Kysely } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { Standing } from '../claims.ts'
import { permissionsOf } from '../permissions.ts'
import type { IdentityTables } from '../tables.ts'

/**
 * What living sessions may do, read from the database at most once per `freshness` and session. So a role taken away or
 * a session ended acts on access tokens that are still good: at once in this process, within `freshness` in others.
 */
export type Standings = Readonly<{
  /** Undefined when the session has ended or its user may not sign in. */
  of: (sid: string, user_id: string) => Promise<Standing | undefined>
  /** To be called after the commit of whatever ends sessions or changes roles. */
  forget: () => void
}>

const remembered = 10_000

export function openStandings(db: Kysely<IdentityTables>, freshness: number): Standings {
  // Promises, so that a burst of requests asks once, and what was asked before `forget` is never kept after it.
  const known = new LRUCache<string, Promise<Standing | undefined>>({ max: remembered, ttl: freshness })
  return {
    of: (sid, user_id) => {
      const key = `${sid} ${user_id}`
      const found = known.get(key)
      if (found) return found
      const reading = readStanding(db, sid, user_id)
      known.set(key, reading)
      reading.catch(() => known.get(key) === reading && known.delete(key))
      return reading
    },
    forget: () => known.clear(),
  }
}

async function readStanding(db: Kysely<IdentityTables>, sid: string, user_id: string): Promise<Standing | undefined> {
  const row = await db
    .selectFrom('identity.sessions as session')
    .innerJoin('identity.users as user', 'user.id', 'session.user_id')
    .select(['user.role', 'user.is_superadmin', 'user.locale'])
    .where('session.id', '=', sid)
    .where('session.user_id', '=', user_id)
    .where('session.ended_at', 'is', null)
    .where('user.status', '=', 'active')
    .executeTakeFirst()
  return row && { ...row, permissions: permissionsOf(row.role, await grantedTo(db, row.role)) }
}

/** The permissions the table grants to a role. */
export async function grantedTo(db: Kysely<IdentityTables>, role: Standing['role']): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('identity.role_permissions')
    .select('permission')
    .where('role', '=', role)
    .orderBy('permission')
    .execute()
  return rows.map(({ permission }) => permission)
}
