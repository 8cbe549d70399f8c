import type { Refused } from '#platform/outcome'
import { after } from '#platform/values'

/** One sign-in on one device. Its refresh tokens form a chain: each is the successor of the one before. */
export type Session = Readonly<{ id: string; user_id: string; expires_at: Date; ended_at: Date | null }>

/** A session with the refresh token that its client gets. The database has only the hash of that token. */
export type OpenSession = Readonly<{ id: string; expires_at: Date; refresh_token: string }>

/** The program and the address that a user signs in from. */
export type Client = Readonly<{ device: string; ip: string }>

const longestDevice = 200

type FromRequest = Readonly<{ headers: Readonly<{ 'user-agent'?: string | undefined }>; ip: string }>

/** The client that sent a request. */
export const clientOf = ({ headers, ip }: FromRequest): Client => ({
  device: (headers['user-agent'] ?? '').slice(0, longestDevice),
  ip,
})

/** A refresh token as the database stores it. */
export type RefreshToken =
  | Readonly<{ generation: number; state: 'fresh' }>
  | Readonly<{ generation: number; state: 'used'; used_at: Date; successor_salt: Buffer; successor_used: boolean }>

type RefreshDecision =
  | Readonly<{ kind: 'rotate' }>
  /** The response to the first use may be lost: derive the same successor from `salt`. */
  | Readonly<{ kind: 'repeat'; salt: Buffer }>
  /** Two clients hold the token: the session must end. */
  | Readonly<{ kind: 'reused' }>
  | Refused<'invalid-refresh-token'>

/**
 * Decides the result of using a refresh token. A used token may be repeated for `grace` milliseconds while its successor
 * is unused. After that a use is a theft, and the server cannot distinguish the thief from the owner.
 */
export function decideRefresh(
  session: Session,
  token: RefreshToken,
  at: Readonly<{ now: Date; grace: number }>,
): RefreshDecision {
  if (session.ended_at || session.expires_at <= at.now) return { kind: 'refused', reason: 'invalid-refresh-token' }
  if (token.state === 'fresh') return { kind: 'rotate' }
  const withinGrace = at.now <= after(token.used_at, at.grace) && !token.successor_used
  return withinGrace && at.grace > 0 ? { kind: 'repeat', salt: token.successor_salt } : { kind: 'reused' }
}
