import { afterCommit } from '#platform/db'
import { after, newId, type Clock } from '#platform/values'
import type { SessionEndReason } from '../schema.ts'
import type { Client, OpenSession } from '../session.ts'
import { listPermissions } from '../store/permissions.ts'
import { insertSession, saveSessionEnds, type SessionSelection } from '../store/sessions.ts'
import type { IdentityDb, IdentityTx } from '../store/tables.ts'
import type { User } from '../user.ts'
import type { AccessTokens } from './access-tokens.ts'
import { newToken } from './refresh-tokens.ts'
import type { StatusCache } from './status-cache.ts'

/** A new session of a user. `expires_in` is in seconds. */
export type SignedIn = Readonly<{
  kind: 'signed-in'
  user: User
  access_token: string
  refresh_token: string
  expires_in: number
}>

/** A new session that a password opened. `device_token` makes the device known. */
export type KnownSignedIn = SignedIn & Readonly<{ device_token: string }>

/** Opens and ends sessions in the transaction of a slice, and issues their tokens. */
export type Sessions = Readonly<{
  open: (tx: IdentityTx, user_id: string, client: Client) => Promise<OpenSession>
  /** Ends the sessions that have not ended or expired. Returns how many there were. */
  end: (tx: IdentityTx, sessions: SessionSelection, reason: SessionEndReason) => Promise<number>
  /** Reads the permissions with `db`: a transaction that stores its response passes itself. */
  issueTokens: (db: IdentityDb, user: User, session: OpenSession) => Promise<SignedIn>
}>

type Needs = Readonly<{
  now: Clock
  accessTokens: AccessTokens
  statusCache: StatusCache
  /** Milliseconds that a session lives, however often it is refreshed. */
  ttl: number
}>

export const openSessions = ({ now, accessTokens, statusCache, ttl }: Needs): Sessions => ({
  open: async (tx, user_id, client) => {
    const created_at = now()
    const { token, hash } = newToken()
    const session = { id: newId(), expires_at: after(created_at, ttl) }
    await insertSession(tx, { ...session, user_id, client, created_at, refresh_hash: hash })
    return { ...session, refresh_token: token }
  },
  end: async (tx, sessions, end_reason) => {
    const count = await saveSessionEnds(tx, sessions, { ended_at: now(), end_reason })
    afterCommit(tx, statusCache.clear)
    return count
  },
  issueTokens: async (db, user, session) => {
    const permissions = await listPermissions(db, user.role)
    const { access_token, expires_in } = accessTokens.issue({ user, permissions, session })
    const { refresh_token } = session
    return { kind: 'signed-in', user, access_token, refresh_token, expires_in }
  },
})
