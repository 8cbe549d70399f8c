import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { isRefusal, type Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { LoginLimits, TooManyAttempts } from '../../auth/login-limits.ts'
import { hashOf, newSalt, successorOf } from '../../auth/refresh-tokens.ts'
import type { Sessions, SignedIn } from '../../auth/sessions.ts'
import { refreshReuseDetected } from '../../events.ts'
import { decideRefresh, type RefreshToken, type Session } from '../../session.ts'
import type { IdentityDb, IdentityTx } from '../../store/tables.ts'
import { findUser } from '../../store/users.ts'

type Needs = Readonly<{
  db: IdentityDb
  now: Clock
  limits: LoginLimits
  sessions: Sessions
  /** Milliseconds in which a repeated use gets the same successor. */
  refreshGrace: number
}>
export type RefreshSessionOutcome = SignedIn | Refused<'invalid-refresh-token'> | TooManyAttempts
export type RefreshSession = (refresh_token: string) => Promise<RefreshSessionOutcome>

const invalid = { kind: 'refused', reason: 'invalid-refresh-token' } as const

/** Exchanges a refresh token for its successor and a new access token. The reuse of a token ends its session. */
export const refreshSession =
  ({ db, now, limits, sessions, refreshGrace }: Needs): RefreshSession =>
  async (refresh_token) => {
    const hash = hashOf(refresh_token)
    const session_id = await findSessionId(db, hash)
    if (session_id === undefined) return invalid
    const attempt = limits.takeRefresh(session_id)
    const outcome = await transaction(db, async (tx) => {
      const session = await lockSession(tx, session_id)
      const user = session && (await findUser(tx, session.user_id))
      const token = session && (await findToken(tx, session.id, hash))
      if (!token || user?.status !== 'active') return invalid
      const at = now()
      const decided = decideRefresh(session, token, { now: at, grace: refreshGrace })
      if (isRefusal(decided)) return decided
      if (decided.kind === 'reused') {
        await sessions.end(tx, { user_id: user.id, only: session.id }, 'refresh_token_reused')
        await publish(tx, [refreshReuseDetected({ user_id: user.id, session_id: session.id })])
        // This is not a refusal, because the end of the session must be committed.
        return { kind: 'reuse-detected' } as const
      }
      if (decided.kind === 'repeat') {
        return { kind: 'refreshed', user, session, successor: successorOf(refresh_token, decided.salt) } as const
      }
      // A limit must not hide the reuse of a token, so it is the last that refuses.
      if (isRefusal(attempt)) return attempt
      const salt = newSalt()
      const successor = successorOf(refresh_token, salt)
      await rotateToken(tx, session.id, { generation: token.generation, salt, hash: successor.hash, at })
      return { kind: 'refreshed', user, session, successor } as const
    })
    if (outcome.kind === 'reuse-detected') return invalid
    if (isRefusal(outcome)) return outcome
    const { user, session, successor } = outcome
    return await sessions.issueTokens(db, user, { ...session, refresh_token: successor.token })
  }

/** The attempt is counted before the transaction, which may run twice. */
async function findSessionId(db: IdentityDb, hash: Buffer): Promise<string | undefined> {
  const row = await db
    .selectFrom('identity.refresh_tokens')
    .select('session_id')
    .where('hash', '=', hash)
    .executeTakeFirst()
  return row?.session_id
}

/** Locks the session, so that uses of its tokens and its end happen one after another. */
async function lockSession(tx: IdentityTx, id: string): Promise<Session | undefined> {
  return await tx
    .selectFrom('identity.sessions')
    .select(['id', 'user_id', 'expires_at', 'ended_at'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
}

/** Call it after `lockSession`: another request may use the token until the session is locked. */
async function findToken(tx: IdentityTx, session_id: string, hash: Buffer): Promise<RefreshToken | undefined> {
  const row = await tx
    .selectFrom('identity.refresh_tokens as token')
    .leftJoin('identity.refresh_tokens as successor', (join) =>
      join
        .onRef('successor.session_id', '=', 'token.session_id')
        .on((the) => the('successor.generation', '=', the(the.ref('token.generation'), '+', 1))),
    )
    .select(['token.generation', 'token.used_at', 'token.successor_salt', 'successor.used_at as successor_used_at'])
    .where('token.session_id', '=', session_id)
    .where('token.hash', '=', hash)
    .executeTakeFirst()
  if (!row) return undefined
  const { generation, used_at, successor_salt, successor_used_at } = row
  if (!used_at || !successor_salt) return { generation, state: 'fresh' }
  return { generation, state: 'used', used_at, successor_salt, successor_used: successor_used_at !== null }
}

type Rotation = Readonly<{ generation: number; salt: Buffer; hash: Buffer; at: Date }>

/** Marks the token as used, and inserts its successor. */
async function rotateToken(tx: IdentityTx, session_id: string, { generation, salt, hash, at }: Rotation) {
  await tx
    .updateTable('identity.refresh_tokens')
    .set({ used_at: at, successor_salt: salt })
    .where('session_id', '=', session_id)
    .where('generation', '=', generation)
    .execute()
  await tx
    .insertInto('identity.refresh_tokens')
    .values({ session_id, generation: generation + 1, hash })
    .execute()
  await tx.updateTable('identity.sessions').set({ used_at: at }).where('id', '=', session_id).execute()
}
