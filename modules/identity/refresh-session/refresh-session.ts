import type { Kysely, Transaction } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { refreshReuseDetected } from '../events.ts'
import type { LoginLimits, TooMany } from '../limits/login-limits.ts'
import { refreshing, type RefreshToken, type Session } from '../session.ts'
import { endSessions } from '../sessions/end-sessions.ts'
import type { SignedIn, SignIn } from '../sessions/sign-in.ts'
import type { Standings } from '../sessions/standings.ts'
import type { IdentityTables } from '../tables.ts'
import { hashOf, newSalt, successorOf } from '../tokens/refresh-token.ts'
import { findUser } from '../users/find-user.ts'

type Needs = Readonly<{
  db: Kysely<IdentityTables>
  now: Clock
  limits: LoginLimits
  signIn: SignIn
  standings: Standings
  /** Milliseconds in which a repeated use gets the same successor. */
  refreshGrace: number
}>
export type Refreshed = SignedIn | Refused<'invalid-refresh-token'> | TooMany
export type RefreshSession = (refresh_token: string) => Promise<Refreshed>

const invalid = { kind: 'refused', reason: 'invalid-refresh-token' } as const

/** Exchanges a refresh token for its successor and a new access token. A copy that shows up ends the whole session. */
export const refreshSession =
  ({ db, now, limits, signIn, standings, refreshGrace }: Needs): RefreshSession =>
  async (presented) => {
    const hash = hashOf(presented)
    const outcome = await transaction(db, async (tx) => {
      const session = await lockSession(tx, hash)
      const user = session && (await findUser(tx, session.user_id))
      const token = session && (await readToken(tx, session.id, hash))
      if (!token || user?.status !== 'active') return invalid
      const at = now()
      const decided = refreshing(session, token, { now: at, grace: refreshGrace })
      if (decided.kind === 'refused') return decided
      if (decided.kind === 'reused') {
        const { id: only, user_id } = session
        await endSessions(tx, { user_id, only }, { reason: 'refresh-reuse', now: at, standings })
        await publish(tx, [refreshReuseDetected({ user_id, family_id: only })])
        return invalid
      }
      // Repeats are free: they are the same token again.
      const taken = decided.kind === 'rotate' ? await limits.takeRefresh(session.id) : undefined
      if (taken?.kind === 'refused') return taken
      const salt = decided.kind === 'repeat' ? decided.salt : newSalt()
      const successor = successorOf(presented, salt)
      if (decided.kind === 'rotate') await rotate(tx, session.id, { seq: token.seq, salt, hash: successor.hash, at })
      return { kind: 'refreshed', user, session: { ...session, refresh_token: successor.token } } as const
    })
    return outcome.kind === 'refused' ? outcome : await signIn(outcome.user, outcome.session)
  }

/** Locks the family: uses of its tokens, and its end, come one after the other. */
async function lockSession(tx: Transaction<IdentityTables>, hash: Buffer): Promise<Session | undefined> {
  return await tx
    .selectFrom('identity.sessions')
    .select(['id', 'user_id', 'expires_at', 'ended_at'])
    .where('id', '=', (the) => the.selectFrom('identity.refresh_tokens').select('session_id').where('hash', '=', hash))
    .forUpdate()
    .executeTakeFirst()
}

/** Reads the token after its family is locked: before, it might have been fresh still. */
async function readToken(
  tx: Transaction<IdentityTables>,
  session_id: string,
  hash: Buffer,
): Promise<RefreshToken | undefined> {
  const row = await tx
    .selectFrom('identity.refresh_tokens as token')
    .leftJoin('identity.refresh_tokens as successor', (join) =>
      join
        .onRef('successor.session_id', '=', 'token.session_id')
        .on((the) => the('successor.seq', '=', the(the.ref('token.seq'), '+', 1))),
    )
    .select(['token.seq', 'token.used_at', 'token.successor_salt', 'successor.used_at as successor_used_at'])
    .where('token.session_id', '=', session_id)
    .where('token.hash', '=', hash)
    .executeTakeFirst()
  if (!row) return undefined
  const { seq, used_at, successor_salt, successor_used_at } = row
  if (!used_at || !successor_salt) return { seq, state: 'fresh' }
  return { seq, state: 'used', used_at, successor_salt, successor_used: successor_used_at !== null }
}

type Rotation = Readonly<{ seq: number; salt: Buffer; hash: Buffer; at: Date }>

async function rotate(tx: Transaction<IdentityTables>, session_id: string, { seq, salt, hash, at }: Rotation) {
  await tx
    .updateTable('identity.refresh_tokens')
    .set({ used_at: at, successor_salt: salt })
    .where('session_id', '=', session_id)
    .where('seq', '=', seq)
    .execute()
  await tx
    .insertInto('identity.refresh_tokens')
    .values({ session_id, seq: seq + 1, hash })
    .execute()
  await tx.updateTable('identity.sessions').set({ used_at: at }).where('id', '=', session_id).execute()
}
