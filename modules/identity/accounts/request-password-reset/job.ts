import { Type } from 'typebox'
import { transaction } from '#platform/db'
import type { Job } from '#platform/jobs'
import { seconds } from '#platform/values'
import type { MailCodes } from '../../auth/mail-codes.ts'
import type { IdentityDb } from '../../store/tables.ts'
import { findUserByEmail } from '../../store/users.ts'

const payload = Type.Object({ email: Type.String(), is_spent: Type.Optional(Type.Boolean()) })
/** Sends the link that sets a new password. It reads whether the e-mail has an account, after the response. */
export const sendPasswordResetJob = ({
  db,
  mailCodes,
}: Readonly<{ db: IdentityDb; mailCodes: MailCodes }>): Job<typeof payload> => ({
  name: 'identity.send-password-reset',
  payload,
  timeLimit: seconds(20),
  work: async ({ email, is_spent }) =>
    await transaction(db, async (tx) => {
      const user = await findUserByEmail(tx, email)
      const send = is_spent ? mailCodes.sendUnlessValid : mailCodes.send
      if (user?.status === 'active') await send(tx, 'reset_password', { ...user, email })
    }),
})
