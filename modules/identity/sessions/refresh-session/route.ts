import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { retryLaterAnswers } from '../../answers.ts'
import { authBodyLimit, TokenPairView } from '../../schema.ts'
import { RefreshSessionBody } from '../schema.ts'
import type { RefreshSession, RefreshSessionOutcome } from './refresh-session.ts'

const answers = {
  'too-many-attempts': retryLaterAnswers['too-many-attempts'],
  'invalid-refresh-token': answer(
    401,
    'This refresh token is no longer valid. Sign in again.',
    'Этот токен больше не действует. Войдите снова.',
  ),
} satisfies Record<ReasonOf<RefreshSessionOutcome>, Answer>

export const refreshSessionRoute =
  ({ refreshSession }: Readonly<{ refreshSession: RefreshSession }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Exchange your refresh token for the next pair of tokens',
      body: RefreshSessionBody,
      response: { 200: TokenPairView, ...problemsOf(answers) },
    }
    const config = {
      access: 'anyone',
      ignoresToken: true,
      bodyLimit: authBodyLimit,
      repeat: 'Returns the same successor within the grace period.',
    } as const
    http.post('/auth/refresh', { schema, config }, async (request, reply) => {
      const outcome = await refreshSession(request.body.refresh_token)
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      const { access_token, refresh_token, expires_in } = outcome
      return { access_token, refresh_token, expires_in }
    })
  }
