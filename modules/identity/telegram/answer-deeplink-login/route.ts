import { notFoundAnswer, problemsOf, refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { authBodyLimit } from '../../schema.ts'
import { browserName } from '../browser-name.ts'
import { AnswerDeeplinkBody, DeeplinkAnswerView, DeeplinkTokenBody, WaitingLoginView } from '../schema.ts'
import type { AnswerDeeplinkLogin, ShowDeeplinkLogin } from './answer-deeplink-login.ts'

type Needs = Readonly<{ showDeeplinkLogin: ShowDeeplinkLogin; answerDeeplinkLogin: AnswerDeeplinkLogin }>

export const answerDeeplinkLoginRoutes =
  ({ showDeeplinkLogin, answerDeeplinkLogin }: Needs): Routes =>
  (http) => {
    const config = { access: 'machine', bodyLimit: authBodyLimit } as const
    const show = {
      tags: ['identity'],
      summary: 'Show the login that a link to the bot belongs to',
      description:
        'For the bot after `/start li_…`, with the token without `li_`. Ask the person whether the browser is theirs, and which number it shows.',
      body: DeeplinkTokenBody,
      response: { 200: WaitingLoginView, ...problemsOf(notFoundAnswer) },
    }
    const reads = { ...config, repeat: 'Reads again.' }
    http.post('/internal/telegram-logins/show', { schema: show, config: reads }, async (request, reply) => {
      const outcome = await showDeeplinkLogin(request.body.token)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      const { device, ip, choices, expires_at } = outcome
      return { device: browserName(device), ip, choices: [...choices], expires_at: expires_at.toISOString() }
    })
    const answer = {
      tags: ['identity'],
      summary: 'Answer the login that a link to the bot belongs to',
      description:
        'With the number that the person chose, or null for "not me". A wrong number and null refuse the login for good. `telegram_user` is the sender of the update, as Telegram reports it.',
      body: AnswerDeeplinkBody,
      response: { 200: DeeplinkAnswerView, ...problemsOf(notFoundAnswer) },
    }
    const once = { ...config, repeat: 'The login has its answer already: 404.' }
    http.post('/internal/telegram-logins/answer', { schema: answer, config: once }, async (request, reply) => {
      const { token, number, telegram_user } = request.body
      const { id, first_name, last_name = '', language_code } = telegram_user
      const name = `${first_name} ${last_name}`.trim().slice(0, 100)
      const person = { telegram_id: String(id), name, language: language_code }
      const outcome = await answerDeeplinkLogin({ token, number, person })
      return isRefusal(outcome) ? refuse(reply, outcome) : { status: outcome.status }
    })
  }
