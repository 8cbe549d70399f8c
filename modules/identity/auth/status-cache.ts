import { sql } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { TokenUse } from '#platform/access'
import { batched } from '#platform/db'
import type { AccountStatus } from '../caller.ts'
import type { Role } from '../permissions.ts'
import { listPermissions } from '../store/permissions.ts'
import type { IdentityDb } from '../store/tables.ts'

/**
 * Caches the account status per session. A revoked role or an ended session takes effect on access tokens that have not
 * expired: at once in this process, and in the others as soon as the database has notified them (`sessionsTag`). Without its
 * notifications an entry lives until its time limit. A user with permissions is read again on each request to a route of staff:
 * such a request may refund money.
 */
export type StatusCache = Readonly<{
  /** Undefined when the session has ended or its user may not sign in. */
  find: (session_id: string, user_id: string, use?: TokenUse) => Promise<AccountStatus | undefined>
  /** Call it after the commit of a change to sessions, roles or users. */
  clear: () => void
}>

const cachedSessions = 10_000

/** The triggers of the tables of identity notify the processes of this tag when sessions end or rights change. */
export const sessionsTag = 'identity:sessions'

/** `ttl` is in milliseconds. */
export function openStatusCache(db: IdentityDb, ttl: number): StatusCache {
  // Promises, so that a burst of requests runs one query, and a query that began before `clear` is not stored after it.
  const cache = new LRUCache<string, Promise<AccountStatus | undefined>>({ max: cachedSessions, ttl })
  const load = (session_id: string, user_id: string) => {
    const key = keyOf(session_id, user_id)
    const query = findStatus(db, session_id, user_id)
    cache.set(key, query)
    query.catch(() => cache.get(key) === query && cache.delete(key))
    return query
  }
  return {
    find: (session_id, user_id, use) => {
      const cached = cache.get(keyOf(session_id, user_id))
      if (!cached) return load(session_id, user_id)
      if (!use?.isOfStaff) return cached
      return cached.then((status) => (status && isStaff(status) ? load(session_id, user_id) : status))
    },
    clear: () => cache.clear(),
  }
}

const keyOf = (session_id: string, user_id: string): string => `${session_id} ${user_id}`

const isStaff = ({ permissions }: AccountStatus): boolean => permissions.length > 0

async function findStatus(db: IdentityDb, session_id: string, user_id: string): Promise<AccountStatus | undefined> {
  const row = await findRow(db, { session_id, user_id })
  return row && { ...row, permissions: await findPermissions(db, row.role) }
}

type Key = Readonly<{ session_id: string; user_id: string }>
type StatusRow = Pick<AccountStatus, 'role' | 'is_superadmin' | 'locale' | 'is_verified'>

const isVerified = sql<boolean>`exists (
  select from identity.identities where user_id = "user".id and verified_at is not null)`

/** One statement for a hundred sessions: the streams of a process check all their sessions in the same turn. */
const findRow = batched<Key, StatusRow | undefined, IdentityDb>(async (db, keys) => {
  const rows = await db
    .selectFrom('identity.sessions as session')
    .innerJoin('identity.users as user', 'user.id', 'session.user_id')
    .select(['session.id', 'session.user_id', 'user.role', 'user.is_superadmin', 'user.locale'])
    .select(isVerified.as('is_verified'))
    .where('session.id', '=', (eb) => eb.fn.any(eb.val(keys.map(({ session_id }) => session_id))))
    .where('session.ended_at', 'is', null)
    .where('user.status', '=', 'active')
    .execute()
  const bySession = new Map(rows.map(({ id, user_id, ...row }) => [`${id} ${user_id}`, row]))
  return keys.map(({ session_id, user_id }) => bySession.get(`${session_id} ${user_id}`.toLowerCase()))
})

const findPermissions = batched<Role, readonly string[], IdentityDb>(async (db, roles) => {
  const permissions = new Map(
    await Promise.all([...new Set(roles)].map(async (role) => [role, await listPermissions(db, role)] as const)),
  )
  return roles.map((role) => permissions.get(role) ?? [])
})
