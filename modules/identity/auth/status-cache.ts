import { LRUCache } from 'lru-cache'
import type { AccountStatus } from '../caller.ts'
import { listPermissions } from '../store/permissions.ts'
import type { IdentityDb } from '../store/tables.ts'

/**
 * Caches the account status per session. A revoked role or an ended session takes effect on access tokens that have not
 * expired: at once in this process, within the lifetime of an entry in others.
 */
export type StatusCache = Readonly<{
  /** Undefined when the session has ended or its user may not sign in. */
  find: (session_id: string, user_id: string) => Promise<AccountStatus | undefined>
  /** Call it after the commit of a change to sessions, roles or users. */
  clear: () => void
}>

const cachedSessions = 10_000

/** `ttl` is in milliseconds. */
export function openStatusCache(db: IdentityDb, ttl: number): StatusCache {
  // Promises, so that a burst of requests runs one query, and a query that began before `clear` is not stored after it.
  const cache = new LRUCache<string, Promise<AccountStatus | undefined>>({ max: cachedSessions, ttl })
  return {
    find: (session_id, user_id) => {
      const key = `${session_id} ${user_id}`
      const cached = cache.get(key)
      if (cached) return cached
      const query = findStatus(db, session_id, user_id)
      cache.set(key, query)
      query.catch(() => cache.get(key) === query && cache.delete(key))
      return query
    },
    clear: () => cache.clear(),
  }
}

async function findStatus(db: IdentityDb, session_id: string, user_id: string): Promise<AccountStatus | undefined> {
  const row = await db
    .selectFrom('identity.sessions as session')
    .innerJoin('identity.users as user', 'user.id', 'session.user_id')
    .select(['user.role', 'user.is_superadmin', 'user.locale'])
    .where('session.id', '=', session_id)
    .where('session.user_id', '=', user_id)
    .where('session.ended_at', 'is', null)
    .where('user.status', '=', 'active')
    .executeTakeFirst()
  return row && { ...row, permissions: await listPermissions(db, row.role) }
}
