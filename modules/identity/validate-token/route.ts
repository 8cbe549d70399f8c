import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { validTokenViewOf } from '../claims.ts'
import { ValidateTokenBody, ValidTokenView } from '../schema.ts'
import type { ValidateToken, ValidateTokenOutcome } from './query.ts'

const answers = {
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
    // A service validates the tokens of all its callers from one address, so a limit per address would limit all of them.
    const config = { access: 'anyone', ignoresToken: true, limit: 'none', bodyOptional: true } as const
    http.post('/auth/validate', { schema, config }, async (request, reply) => {
      const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
      const outcome = await validateToken(request.body.token ?? bearer)
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return validTokenViewOf(outcome)
    })
  }
