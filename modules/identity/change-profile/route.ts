import { Type } from 'typebox'
import { answer, userOf, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { locales } from '#platform/values'
import { NameField, UserView, viewOf } from '../user.ts'
import type { ChangeProfile, ChangingProfile } from './change-profile.ts'

const answers = {
  'unknown-timezone': answer(400, 'This time zone is not in the IANA list', 'Такого часового пояса нет в списке IANA'),
  'no-such-user': answer(404, 'There is no such user', 'Такого пользователя нет'),
} satisfies Record<Extract<ChangingProfile, { kind: 'refused' }>['reason'], Answer>

const Body = Type.Object(
  {
    name: Type.Optional(NameField),
    locale: Type.Optional(Type.Enum([...locales])),
    timezone: Type.Optional(Type.String({ minLength: 1, maxLength: 60, pattern: '^[A-Za-z0-9_+/-]+$' })),
  },
  { additionalProperties: false, minProperties: 1 },
)

export const changeProfileRoute =
  (changeProfile: ChangeProfile): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Change my name, language or time zone',
      body: Body,
      response: { 200: UserView, ...problemsOf(answers) },
    }
    http.patch('/auth/me', { schema, config: { access: 'customer' } }, async (request, reply) => {
      const outcome = await changeProfile(userOf(request.caller).user_id, request.body)
      if (outcome.kind === 'refused') return refuse(reply, outcome, answers)
      return viewOf(outcome.user)
    })
  }
