import { Type } from 'typebox'
import { userOf } from '#platform/access'
import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { timeText } from '#platform/values'
import { ownerAnswers } from '../../answers.ts'
import { authBodyLimit } from '../../schema.ts'
import { emailNotVerifiedAnswer } from '../answers.ts'
import { LinkEmailBody } from '../schema.ts'
import { codeLifetime, type RequestEmailLink, type RequestEmailLinkOutcome } from './request-email-link.ts'

const answers = { ...ownerAnswers, ...emailNotVerifiedAnswer } satisfies Record<
  ReasonOf<RequestEmailLinkOutcome>,
  Answer
>

export const requestEmailLinkRoute =
  ({ requestEmailLink }: Readonly<{ requestEmailLink: RequestEmailLink }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Send a code to a mailbox that you want to add to your account',
      description: `The answer is the same whether another account has the mailbox or not. The code works for ${timeText(codeLifetime, 'en')}, in this session only.`,
      body: LinkEmailBody,
      response: { 204: Type.Null({ description: 'An e-mail with a code is on its way' }), ...problemsOf(answers) },
    }
    const config = {
      access: 'user',
      bodyLimit: authBodyLimit,
      repeat: 'Sends another code; the earlier one ends.',
    } as const
    http.post('/auth/link/email', { schema, config }, async (request, reply) => {
      const { user_id, sid: session_id } = userOf(request.caller)
      const { body, locale, ip: address } = request
      const outcome = await requestEmailLink({ user_id, session_id, ...body, locale, address })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(204).send(null)
    })
  }
