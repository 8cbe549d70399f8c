import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { retryLaterAnswers } from '../../answers.ts'
import { validTokenViewOf } from '../../claims.ts'
import { authBodyLimit, ValidTokenView } from '../../schema.ts'
import { ValidateTokenBody } from '../schema.ts'
import type { ValidateToken, ValidateTokenOutcome } from './query.ts'

const answers = {
  'too-many-attempts': retryLaterAnswers['too-many-attempts'],
  unauthorized: answer(401, 'The token is not valid.', 'Этот токен недействителен.'),
} satisfies Record<ReasonOf<ValidateTokenOutcome>, Answer>

export const validateTokenRoute =
  ({ validateToken }: Readonly<{ validateToken: ValidateToken }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Validate an access token, from the body or from Authorization',
      body: ValidateTokenBody,
      response: { 200: ValidTokenView, ...problemsOf(answers) },
    }
    const config = {
      access: 'anyone',
      ignoresToken: true,
      bodyLimit: authBodyLimit,
      countsRefusals: true,
      bodyOptional: true,
      repeat: 'Only reads.',
    } as const
    http.post('/auth/validate', { schema, config }, async (request, reply) => {
      const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
      const outcome = await validateToken(request.body.token ?? bearer, request.ip)
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return validTokenViewOf(outcome)
    })
  }
