import { userOf } from '#platform/access'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { retryLaterAnswers } from '../../answers.ts'
import { authBodyLimit } from '../../schema.ts'
import { clientOf } from '../../session.ts'
import { userViewOf } from '../../user-view.ts'
import { mergeAnswers } from '../answers.ts'
import { MergeBody, MergedView } from '../schema.ts'
import type { MergeAccounts, MergeAccountsOutcome, MergedAccounts } from './merge-accounts.ts'

const answers = {
  'too-many-attempts': retryLaterAnswers['too-many-attempts'],
  ...mergeAnswers,
  'invalid-merge-token': answer(
    404,
    'This token is unknown, used, expired, or from another session. Prove again that the other account is yours.',
    'Этот токен неизвестен, использован, просрочен или получен в другом сеансе. Подтвердите вторую учётную запись ещё раз.',
  ),
} satisfies Record<ReasonOf<MergeAccountsOutcome>, Answer>

export const mergeAccountsRoute =
  ({ mergeAccounts }: Readonly<{ mergeAccounts: MergeAccounts }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Merge another account of yours with this one',
      description:
        'The older account remains, with the ways to sign in, the orders and the cart of both. The sessions of the other account end; `session` replaces yours if it is one of them.',
      body: MergeBody,
      response: { 200: MergedView, ...problemsOf(answers) },
    }
    const config = { access: 'user', bodyLimit: authBodyLimit, repeat: 'The token has been used.' } as const
    http.post('/auth/merge', { schema, config }, async (request, reply) => {
      const { user_id, sid: session_id } = userOf(request.caller)
      const { merge_token } = request.body
      const outcome = await mergeAccounts({ user_id, session_id, merge_token, client: clientOf(request) })
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : viewOf(outcome)
    })
  }

const viewOf = ({ merge_id, user, revertible_until, session }: MergedAccounts): MergedView => ({
  merge_id,
  user: userViewOf(user),
  revertible_until: revertible_until.toISOString(),
  session: session && {
    access_token: session.access_token,
    refresh_token: session.refresh_token,
    expires_in: session.expires_in,
  },
})
