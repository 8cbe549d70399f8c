import { transaction } from '#platform/db'
import { isRefusal, type Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { OwnerRefused, ProveOwner } from '../../auth/owner-proof.ts'
import { hashOf } from '../../auth/refresh-tokens.ts'
import type { Client } from '../../session.ts'
import { linkConflict } from '../../store/identities.ts'
import type { IdentityDb } from '../../store/tables.ts'
import type { BeginDeeplink } from '../../telegram/auth/deeplink-logins.ts'
import { useDeeplinkLogin } from '../../telegram/store/deeplink-logins.ts'
import type { LinkIdentity, LinkOutcome } from '../auth/link-identity.ts'

type Own = Readonly<{ user_id: string; session_id: string }>
export type BeginDeeplinkLinkOutcome = Awaited<ReturnType<BeginDeeplink>> | OwnerRefused
export type BeginDeeplinkLink = (
  input: Own & Readonly<{ password?: string | undefined; client: Client }>,
) => Promise<BeginDeeplinkLinkOutcome>

/** Begins to link a Telegram account by a link to the bot, after the owner of the account is proven. */
export const beginDeeplinkLink =
  ({
    proveOwner,
    beginDeeplink,
  }: Readonly<{ proveOwner: ProveOwner; beginDeeplink: BeginDeeplink }>): BeginDeeplinkLink =>
  async ({ client, ...own }) => {
    const proof = await proveOwner(own)
    return isRefusal(proof) ? proof : await beginDeeplink(client, own.session_id)
  }

type Needs = Readonly<{ db: IdentityDb; now: Clock; linkIdentity: LinkIdentity }>
export type LinkDeeplinkOutcome =
  | LinkOutcome
  | Readonly<{ kind: 'waiting' }>
  | Refused<'login-not-started' | 'login-refused'>
export type LinkDeeplink = (input: Own & Readonly<{ secret: string | undefined }>) => Promise<LinkDeeplinkOutcome>

/** Adds the Telegram account whose person picked the right number in the bot, or offers to merge the account that has it. */
export const linkDeeplink =
  ({ db, now, linkIdentity }: Needs): LinkDeeplink =>
  async ({ user_id, session_id, secret }) =>
    await transaction(
      db,
      async (tx): Promise<LinkDeeplinkOutcome> => {
        const login = await useDeeplinkLogin(tx, { secret_hash: hashOf(secret ?? ''), session_id, now: now() })
        if (!login) return { kind: 'refused', reason: 'login-not-started' }
        if (login.status === 'refused') return { kind: 'refused', reason: 'login-refused' }
        if (!login.telegram_user) return { kind: 'waiting' }
        const { telegram_id: subject } = login.telegram_user
        return await linkIdentity(tx, { user_id, session_id, provider: 'telegram', subject })
      },
      { conflicts: linkConflict },
    )
