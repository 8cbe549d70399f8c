import { Type } from 'typebox'
import { userOf } from '#platform/access'
import { notFoundAnswer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { timeText } from '#platform/values'
import { ownerAnswers } from '../../answers.ts'
import { freshTime } from '../../auth/owner-proof.ts'
import { authBodyLimit } from '../../schema.ts'
import { DeleteAccountBody } from '../schema.ts'
import type { DeleteAccount, DeleteAccountOutcome } from './delete-account.ts'

const answers = ownerAnswers satisfies Record<ReasonOf<DeleteAccountOutcome>, Answer>

export const deleteAccountRoute =
  ({ deleteAccount }: Readonly<{ deleteAccount: DeleteAccount }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Delete your account',
      description: `An account with a password needs the password; any other account needs a sign-in within the last ${timeText(freshTime, 'en')}.`,
      body: DeleteAccountBody,
      response: { 204: Type.Null({ description: 'Deleted' }), ...problemsOf({ ...answers, ...notFoundAnswer }) },
    }
    const config = { access: 'user', bodyLimit: authBodyLimit, bodyOptional: true } as const
    http.delete('/auth/me', { schema, config }, async (request, reply) => {
      const { user_id, sid } = userOf(request.caller)
      const outcome = await deleteAccount({ user_id, session_id: sid, password: request.body.password })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(204).send(null)
    })
  }
