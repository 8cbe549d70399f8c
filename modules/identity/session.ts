import { after } from '#platform/values'

/** One sign-in on one device: the family of refresh tokens that follow each other. */
export type Session = Readonly<{ id: string; user_id: string; expires_at: Date; ended_at: Date | null }>

/** Why a session ended before its time. */
export type Ending = 'logged-out' | 'ended-by-owner' | 'refresh-reuse' | 'password-changed' | 'blocked'

/** A refresh token as the database knows it: never the token itself. */
export type RefreshToken =
  | Readonly<{ seq: number; state: 'fresh' }>
  | Readonly<{ seq: number; state: 'used'; used_at: Date; successor_salt: Buffer; successor_used: boolean }>

export type Refreshing =
  | Readonly<{ kind: 'rotate' }>
  /** The answer to the first use got lost: the same successor again. */
  | Readonly<{ kind: 'repeat'; salt: Buffer }>
  /** Somebody holds a copy: the family ends. */
  | Readonly<{ kind: 'reused' }>
  | Readonly<{ kind: 'refused'; reason: 'invalid-refresh-token' }>

const invalid: Refreshing = { kind: 'refused', reason: 'invalid-refresh-token' }

/**
 * Decides what the use of a refresh token comes to. A used one may come again for `grace` milliseconds, and only while
 * nobody has used its successor; later it is a theft, and thief and owner cannot be told apart.
 */
export function refreshing(session: Session, token: RefreshToken, at: { now: Date; grace: number }): Refreshing {
  if (session.ended_at || session.expires_at <= at.now) return invalid
  if (token.state === 'fresh') return { kind: 'rotate' }
  const withinGrace = at.now <= after(token.used_at, at.grace) && !token.successor_used
  return withinGrace && at.grace > 0 ? { kind: 'repeat', salt: token.successor_salt } : { kind: 'reused' }
}
