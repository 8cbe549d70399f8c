import { userOf } from '#platform/access'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { authBodyLimit, UserView } from '../../schema.ts'
import { userViewOf } from '../../user-view.ts'
import { ChangeProfileBody } from '../schema.ts'
import type { ChangeProfile, ChangeProfileOutcome } from './change-profile.ts'

const answers = {
  'unknown-timezone': answer(
    400,
    'This is not an IANA time zone. Send one such as Europe/Moscow.',
    'Такого часового пояса IANA нет. Укажите, например, Europe/Moscow.',
  ),
} satisfies Record<ReasonOf<ChangeProfileOutcome>, Answer>

export const changeProfileRoute =
  ({ changeProfile }: Readonly<{ changeProfile: ChangeProfile }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Change your name, language or time zone',
      body: ChangeProfileBody,
      response: { 200: UserView, ...problemsOf(answers) },
    }
    http.patch('/auth/me', { schema, config: { access: 'user', bodyLimit: authBodyLimit } }, async (request, reply) => {
      const outcome = await changeProfile(userOf(request.caller).user_id, request.body)
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return userViewOf(outcome.user)
    })
  }
