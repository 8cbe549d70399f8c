import { Type } from 'typebox'
import { answer, Problem, problemsOf, type Routes } from '#platform/http'
import type { Identify } from '../sessions/identify.ts'
import { Decoded, rolesOf } from '../claims.ts'

const Body = Type.Object(
  { token: Type.Optional(Type.String({ minLength: 1, maxLength: 8192 })) },
  { additionalProperties: false },
)

const answers = { unauthorized: answer(401, 'The token is not good', 'Этот токен не годится') }

/** Lets another service ask who somebody is, so that it need not share our secret. */
export const validateTokenRoute =
  (identify: Identify): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Who the bearer of an access token is; it comes in the body or in Authorization',
      body: Body,
      response: { 200: Decoded, ...problemsOf(answers) },
    }
    // Services ask for all of their callers from one address: a limit per address would be one for everybody.
    http.post(
      '/auth/validate',
      { schema, config: { access: 'anyone', ignoresToken: true, limit: 'none', bodyOptional: true } },
      async (request) => {
        const token = request.body.token ?? /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
        const found = token === undefined ? undefined : await identify(token)
        if (!found) throw new Problem(401, 'unauthorized')
        const { claims, standing } = found
        const { sub, user_id, email, sid, exp } = claims
        const { role, permissions, is_superadmin, locale } = standing
        const named = email === undefined ? {} : { email }
        const may = { role, roles: rolesOf(standing), permissions: [...permissions], is_superadmin }
        return { sub, user_id, ...named, ...may, locale, sid, exp }
      },
    )
  }
