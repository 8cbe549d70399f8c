import { randomInt } from 'node:crypto'
import type { Refused } from '#platform/outcome'
import { after, type Clock } from '#platform/values'
import { newToken } from '../../auth/refresh-tokens.ts'
import type { Client } from '../../session.ts'
import type { IdentityDb } from '../../store/tables.ts'
import { deeplinkLifetime, drawNumbers, linkOf } from '../deeplink.ts'
import { insertDeeplinkLogin } from '../store/deeplink-logins.ts'

/** `secret` goes into the cookie of the browser. `expires_in` is in seconds. */
type DeeplinkBegun = Readonly<{
  kind: 'begun'
  secret: string
  link: string
  command: string
  number: number
  expires_in: number
}>

/**
 * Begins a login by a link to the bot, or the link of a Telegram account to the user of `session_id`. The browser gets a secret
 * and a number. The bot asks the person who opens the link for the number: a person who got the link from an attacker
 * does not see it, so the attacker's browser is not signed in.
 */
export type BeginDeeplink = (
  client: Client,
  session_id: string | null,
) => Promise<DeeplinkBegun | Refused<'telegram-off'>>

/** `botUsername`: undefined in a shop without a bot. */
type Needs = Readonly<{ db: IdentityDb; now: Clock; botUsername: string | undefined }>

export const openDeeplinkLogins =
  ({ db, now, botUsername }: Needs): BeginDeeplink =>
  async (client, session_id) => {
    if (botUsername === undefined) return { kind: 'refused', reason: 'telegram-off' }
    const [{ token, hash: token_hash }, { token: secret, hash: secret_hash }] = [newToken(), newToken()]
    const { number, choices } = drawNumbers((below) => randomInt(below))
    const expires_at = after(now(), deeplinkLifetime)
    await insertDeeplinkLogin(db, { token_hash, secret_hash, session_id, number, choices, ...client, expires_at })
    return { kind: 'begun', secret, number, expires_in: deeplinkLifetime / 1000, ...linkOf(botUsername, token) }
  }
