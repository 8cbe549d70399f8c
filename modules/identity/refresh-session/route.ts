import { Type } from 'typebox'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { waitAnswers } from '../passwords/answers.ts'
import { PairView } from '../sessions/sign-in.ts'
import type { Refreshed, RefreshSession } from './refresh-session.ts'

const answers = {
  'too-many-attempts': waitAnswers['too-many-attempts'],
  'invalid-refresh-token': answer(401, 'Sign in again', 'Войдите снова'),
} satisfies Record<Extract<Refreshed, { kind: 'refused' }>['reason'], Answer>

const Body = Type.Object(
  { refresh_token: Type.String({ minLength: 1, maxLength: 200 }) },
  { additionalProperties: false },
)

export const refreshSessionRoute =
  (refreshSession: RefreshSession): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Exchange a refresh token for the next pair of tokens',
      body: Body,
      response: { 200: PairView, ...problemsOf(answers) },
    }
    http.post('/auth/refresh', { schema, config: { access: 'anyone', ignoresToken: true } }, async (request, reply) => {
      const outcome = await refreshSession(request.body.refresh_token)
      if ('retry_after' in outcome) reply.header('retry-after', outcome.retry_after)
      if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
      const { access_token, refresh_token, expires_in } = outcome
      return reply.code(200).send({ access_token, refresh_token, expires_in })
    })
  }
