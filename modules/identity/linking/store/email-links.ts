import { sql } from 'kysely'
import type { IdentityTx } from '../../store/tables.ts'

type NewLink = Readonly<{ session_id: string; email: string; code_hmac: Buffer; expires_at: Date }>

/** Stores the code that was sent to a mailbox; the earlier code of the session ends. */
export async function saveEmailLink(tx: IdentityTx, { session_id, ...link }: NewLink): Promise<void> {
  await tx
    .insertInto('identity.email_links')
    .values({ session_id, ...link })
    .onConflict((conflict) => conflict.column('session_id').doUpdateSet({ ...link, attempts: 0 }))
    .execute()
}

/** Wrong codes after which a code ends. */
const maxAttempts = 5

/**
 * Counts an attempt and returns the mailbox and the code to compare; undefined without a code that may still be tried. The
 * count is committed before the comparison, so that a hundred guesses at once are five attempts.
 */
export async function takeEmailLink(
  tx: IdentityTx,
  { session_id, now }: Readonly<{ session_id: string; now: Date }>,
): Promise<Readonly<{ email: string; code_hmac: Buffer }> | undefined> {
  const { rows } = await sql<{ email: string; code_hmac: Buffer }>`
    update identity.email_links set attempts = attempts + 1
    where session_id = ${session_id} and attempts < ${maxAttempts} and expires_at > ${now}
    returning email, code_hmac`.execute(tx)
  return rows[0]
}

/** Deletes a code that was right. False when another request has used it. */
export async function useEmailLink(tx: IdentityTx, session_id: string, code_hmac: Buffer): Promise<boolean> {
  const used = await tx
    .deleteFrom('identity.email_links')
    .where('session_id', '=', session_id)
    .where('code_hmac', '=', code_hmac)
    .returning('session_id')
    .executeTakeFirst()
  return used !== undefined
}
