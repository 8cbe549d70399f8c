import type { MailCodePurpose } from '../schema.ts'
import type { IdentityDb, IdentityTx } from './tables.ts'

/** A code that was sent to a mailbox of a user. */
export type MailCode = Readonly<{ user_id: string; email: string }>

type Key = Readonly<{ hash: Buffer; purpose: MailCodePurpose; now: Date }>

/** Finds a code that has not expired. */
export async function findMailCode(db: IdentityDb, { hash, purpose, now }: Key): Promise<MailCode | undefined> {
  return await db
    .selectFrom('identity.mail_codes')
    .select(['user_id', 'email'])
    .where('hash', '=', hash)
    .where('purpose', '=', purpose)
    .where('expires_at', '>', now)
    .executeTakeFirst()
}

type SentCode = MailCode & Readonly<{ purpose: MailCodePurpose; valid_at: Date }>

/** True when a code that was sent to this mailbox of the user works at that time. */
export async function hasMailCode(tx: IdentityTx, { user_id, email, purpose, valid_at }: SentCode): Promise<boolean> {
  const code = await tx
    .selectFrom('identity.mail_codes')
    .select('hash')
    .where('user_id', '=', user_id)
    .where('email', '=', email)
    .where('purpose', '=', purpose)
    .where('expires_at', '>', valid_at)
    .executeTakeFirst()
  return code !== undefined
}

/**
 * Deletes a code and returns it; undefined when another request has used it. The other codes of this purpose for this user
 * end with it.
 */
export async function useMailCode(tx: IdentityTx, key: Key): Promise<MailCode | undefined> {
  const { purpose, hash, now } = key
  const used = await tx
    .deleteFrom('identity.mail_codes')
    .where('hash', '=', hash)
    .where('purpose', '=', purpose)
    .where('expires_at', '>', now)
    .returning(['user_id', 'email'])
    .executeTakeFirst()
  if (used) await deleteMailCodes(tx, { user_id: used.user_id, purpose })
  return used
}

/** Deletes the codes of a user that were sent to other mailboxes. */
export async function deleteCodesToOthers(tx: IdentityTx, { user_id, email }: MailCode): Promise<void> {
  await tx.deleteFrom('identity.mail_codes').where('user_id', '=', user_id).where('email', '<>', email).execute()
}

/** Deletes the codes of one purpose that were sent to a user. */
async function deleteMailCodes(
  tx: IdentityTx,
  { user_id, purpose }: Readonly<{ user_id: string; purpose: MailCodePurpose }>,
): Promise<void> {
  await tx.deleteFrom('identity.mail_codes').where('user_id', '=', user_id).where('purpose', '=', purpose).execute()
}
