import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { mailOf, type MailQueue } from '#platform/mail'
import { isRefusal, type Refused } from '#platform/outcome'
import { after, newId, type Clock } from '#platform/values'
import type { LoginLimits, TooManyAttempts } from '../../auth/login-limits.ts'
import type { Shop } from '../../auth/mail-codes.ts'
import { hashOf } from '../../auth/refresh-tokens.ts'
import type { Sessions, SignedIn } from '../../auth/sessions.ts'
import { accountsMerged } from '../../events.ts'
import { mergedLetter } from '../../letters.ts'
import type { Client } from '../../session.ts'
import { moveAddresses } from '../../store/addresses.ts'
import { insertAudit } from '../../store/audit.ts'
import { listIdentities, saveVerified } from '../../store/identities.ts'
import { deleteMergeTokens, findMergeOffer, useMergeToken, type MergeOffer } from '../../store/merge-tokens.ts'
import type { IdentityDb, IdentityTx } from '../../store/tables.ts'
import { findUser, lockUsers } from '../../store/users.ts'
import type { IdentityKey, User } from '../../user.ts'
import { decideMerge, revertTime, type Merge, type MergeRefused } from '../merge.ts'
import { copyPassword, insertMerge, moveMailCodes, saveMergedInto } from '../store/merges.ts'
import { moveIdentities } from '../store/moved-identities.ts'

type Needs = Readonly<{
  db: IdentityDb
  now: Clock
  limits: LoginLimits
  sessions: Sessions
  mail: Pick<MailQueue, 'send'>
  shop: Shop
}>
type MergeAccountsInput = Readonly<{ user_id: string; session_id: string; merge_token: string; client: Client }>
export type MergedAccounts = Readonly<{
  kind: 'merged'
  merge_id: string
  user: User
  revertible_until: Date
  /** A session of the survivor, when the session of the request belonged to the merged account and has ended. */
  session: SignedIn | null
}>
export type MergeAccountsOutcome = MergedAccounts | MergeRefused | Refused<'invalid-merge-token'> | TooManyAttempts
export type MergeAccounts = (input: MergeAccountsInput) => Promise<MergeAccountsOutcome>

const invalid = { kind: 'refused', reason: 'invalid-merge-token' } as const

/**
 * Merges the account of the session and the account whose identity the session has proven. The survivor gets the identities,
 * the sessions of the merged account end, and the other modules give its rows to the survivor when they handle
 * `accounts-merged`. Both users are locked before the token is used, so that of two merges at once one finds no token.
 */
export const mergeAccounts =
  (needs: Needs): MergeAccounts =>
  async ({ user_id, session_id, merge_token, client }) => {
    const { db, now, limits, sessions } = needs
    const attempt = limits.takeCode(client.ip)
    if (isRefusal(attempt)) return attempt
    const hash = hashOf(merge_token)
    const outcome = await transaction(db, async (tx): Promise<MergeAccountsOutcome> => {
      const at = now()
      const offer = await findMergeOffer(tx, { hash, session_id, now: at })
      if (!offer) return invalid
      const [own, other] = await lockUsers(tx, [user_id, offer.other_user_id])
      if (!own || !other || !(await useMergeToken(tx, hash))) return invalid
      const decided = decideMerge(own, other, offer)
      if (isRefusal(decided)) return decided
      const { from, into } = decided
      const merge = {
        id: newId(),
        from_id: from,
        into_id: into,
        merged_at: at,
        revertible_until: after(at, revertTime),
      }
      await saveMerge(tx, { ...merge, offer, password_moves: decided.password_moves })
      await sessions.end(tx, { user_id: from }, 'merged')
      const user = await readUser(tx, into)
      const session = own.id === from ? await openSession(tx, { user, client, sessions }) : null
      await sendLetters(tx, user, needs)
      await publish(tx, [accountsMerged({ merge_id: merge.id, from, into })])
      return { kind: 'merged', merge_id: merge.id, user, revertible_until: merge.revertible_until, session }
    })
    if (!isRefusal(outcome)) attempt.cancel()
    return outcome
  }

type NewMerge = Omit<Merge, 'identities' | 'addresses' | 'reverted_at'> &
  Readonly<{ offer: MergeOffer; password_moves: boolean }>

async function saveMerge(tx: IdentityTx, { offer, password_moves, ...merge }: NewMerge): Promise<void> {
  const { id: merge_id, from_id: from, into_id: into, merged_at: now } = merge
  // The password of the merged account opens nothing while it has no identity. A reversal gives both back.
  if (password_moves) await copyPassword(tx, { from, into })
  const identities = await moveIdentities(tx, { from, into })
  // The addresses of an account with an unproven mailbox may be those of another person.
  const addresses = offer.was_verified ? await moveAddresses(tx, { from, into }) : []
  const isProven = offer.provider === 'email' && !offer.was_verified
  if (isProven) await saveVerified(tx, { user_id: into, email: offer.subject, now })
  await moveMailCodes(tx, { from, into })
  await deleteMergeTokens(tx, [from])
  await saveMergedInto(tx, { user_id: from, into, now })
  await insertMerge(tx, { ...merge, identities, addresses })
  const actor = { kind: 'user', user_id: into, role: 'customer', is_superadmin: false } as const
  const entry = { actor, action: 'accounts_merged', subject_type: 'users', details: { merge_id, from, into } } as const
  for (const subject_id of [from, into]) await insertAudit(tx, { ...entry, subject_id })
}

/** Writes to every verified mailbox of both accounts, so that the owner of each learns of the merge. */
async function sendLetters(
  tx: IdentityTx,
  { id: into, name, locale }: User,
  { mail, shop }: Pick<Needs, 'mail' | 'shop'>,
): Promise<void> {
  const isMailbox = ({ provider, verified_at }: IdentityKey & Readonly<{ verified_at: Date | null }>) =>
    provider === 'email' && verified_at !== null
  for (const { subject } of (await listIdentities(tx, into)).filter(isMailbox)) {
    await mail.send(tx, mailOf(mergedLetter({ to: subject, name, locale, shop: shop.name, lifetime: revertTime })))
  }
}

async function readUser(tx: IdentityTx, user_id: string): Promise<User> {
  const user = await findUser(tx, user_id)
  if (!user) throw new Error(`The survivor ${user_id} of a merge does not exist`)
  return user
}

type NewSession = Readonly<{ user: User; client: Client; sessions: Sessions }>

const openSession = async (tx: IdentityTx, { user, client, sessions }: NewSession): Promise<SignedIn> =>
  await sessions.issueTokens(tx, user, await sessions.open(tx, user.id, client))
