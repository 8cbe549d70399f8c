import { transaction } from '#platform/db'
import { isRefusal, type Refused } from '#platform/outcome'
import { after, minutes, type Clock } from '#platform/values'
import type { LoginLimits, TooManyAttempts } from '../../auth/login-limits.ts'
import type { OwnerRefused, ProveOwner } from '../../auth/owner-proof.ts'
import { linkConflict } from '../../store/identities.ts'
import type { IdentityDb } from '../../store/tables.ts'
import type { TelegramData, TelegramProof, TelegramReason } from '../../telegram/auth/telegram-data.ts'
import { linkProofOf, useProof } from '../../telegram/store/telegram-proofs.ts'
import type { LinkIdentity, LinkOutcome } from '../auth/link-identity.ts'

type Needs = Readonly<{
  db: IdentityDb
  now: Clock
  limits: LoginLimits
  proveOwner: ProveOwner
  telegram: TelegramData
  linkIdentity: LinkIdentity
}>
type LinkTelegramInput = Readonly<{
  user_id: string
  session_id: string
  proof: TelegramProof
  password?: string | undefined
  address: string
}>
export type LinkTelegramOutcome =
  | LinkOutcome
  | OwnerRefused
  | Refused<TelegramReason | 'telegram-data-used'>
  | TooManyAttempts
export type LinkTelegram = (input: LinkTelegramInput) => Promise<LinkTelegramOutcome>

/** The data of a Mini App signs in for a day. To link, Telegram must have signed it just now. */
export const freshFor = minutes(10)

/** Adds the Telegram account that signed the data, or offers to merge the account that has it. */
export const linkTelegram =
  ({ db, now, limits, proveOwner, telegram, linkIdentity }: Needs): LinkTelegram =>
  async ({ user_id, session_id, proof, password, address }) => {
    const attempt = limits.takeCode(address)
    if (isRefusal(attempt)) return attempt
    const verified = await telegram.verify(proof, now())
    if (isRefusal(verified)) return verified
    const { user: person } = verified
    if (after(person.signed_at, freshFor) < now()) return { kind: 'refused', reason: 'telegram-data-expired' }
    const owner = await proveOwner({ user_id, session_id, password })
    if (isRefusal(owner)) return owner
    const outcome = await transaction(
      db,
      async (tx): Promise<LinkTelegramOutcome> => {
        if (!(await useProof(tx, linkProofOf(person)))) return { kind: 'refused', reason: 'telegram-data-used' }
        return await linkIdentity(tx, { user_id, session_id, provider: 'telegram', subject: person.telegram_id })
      },
      { conflicts: linkConflict },
    )
    if (!isRefusal(outcome)) attempt.cancel()
    return outcome
  }
