import { userOf } from '#platform/access'
import { notFoundAnswer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { invalidCodeAnswer, retryLaterAnswers } from '../../answers.ts'
import { authBodyLimit } from '../../schema.ts'
import { linkAnswers } from '../answers.ts'
import { linkViewOf } from '../link-view.ts'
import { ConfirmEmailLinkBody, LinkView } from '../schema.ts'
import type { LinkEmail, LinkEmailOutcome } from './link-email.ts'

const answers = {
  'too-many-attempts': retryLaterAnswers['too-many-attempts'],
  ...invalidCodeAnswer,
  ...linkAnswers,
} satisfies Record<ReasonOf<LinkEmailOutcome>, Answer>

export const linkEmailRoute =
  ({ linkEmail }: Readonly<{ linkEmail: LinkEmail }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Add a mailbox to your account with the code from the e-mail',
      description:
        'When another account has the mailbox, the answer shows both accounts and a token for POST /auth/merge.',
      body: ConfirmEmailLinkBody,
      response: { 200: LinkView, ...problemsOf({ ...answers, ...notFoundAnswer }) },
    }
    const config = { access: 'user', bodyLimit: authBodyLimit, repeat: 'The code has been used.' } as const
    http.post('/auth/link/email/confirm', { schema, config }, async (request, reply) => {
      const { user_id, sid: session_id } = userOf(request.caller)
      const outcome = await linkEmail({ user_id, session_id, code: request.body.code, address: request.ip })
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : linkViewOf(outcome)
    })
  }
