import { userOf } from '#platform/access'
import { notFoundAnswer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { timeText } from '#platform/values'
import { ownerAnswers } from '../../answers.ts'
import { authBodyLimit } from '../../schema.ts'
import { telegramAnswers } from '../../telegram/answers.ts'
import { loginSecretOf } from '../../telegram/login-cookie.ts'
import { linkAnswers } from '../answers.ts'
import { linkViewOf } from '../link-view.ts'
import { LinkTelegramBody, LinkTelegramOidcBody, LinkTelegramWidgetBody, LinkView } from '../schema.ts'
import { freshFor, type LinkTelegram, type LinkTelegramOutcome } from './link-telegram.ts'

const answers = {
  ...ownerAnswers,
  ...telegramAnswers,
  ...linkAnswers,
} satisfies Record<ReasonOf<LinkTelegramOutcome>, Answer>

const description = `Telegram must have signed the data in the last ${timeText(freshFor, 'en')}, and the data works once. When the Telegram account belongs to another account here, the answer shows both accounts and a token for POST /auth/merge.`
const response = { 200: LinkView, ...problemsOf({ ...answers, ...notFoundAnswer }) }
const config = { access: 'user', bodyLimit: authBodyLimit, repeat: 'The data has been used.' } as const

export const linkTelegramRoutes =
  ({ linkTelegram }: Readonly<{ linkTelegram: LinkTelegram }>): Routes =>
  (http) => {
    const miniApp = {
      tags: ['identity'],
      summary: 'Add a Telegram account to your account with the initData of a Mini App',
      description,
      body: LinkTelegramBody,
      response,
    }
    http.post('/auth/link/telegram', { schema: miniApp, config }, async (request, reply) => {
      const { user_id, sid: session_id } = userOf(request.caller)
      const { password, init_data } = request.body
      const outcome = await linkTelegram({ user_id, session_id, proof: { init_data }, password, address: request.ip })
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : linkViewOf(outcome)
    })
    const widget = {
      tags: ['identity'],
      summary: 'Add a Telegram account to your account with the data of the Login Widget',
      description,
      body: LinkTelegramWidgetBody,
      response,
    }
    http.post('/auth/link/telegram/widget', { schema: widget, config }, async (request, reply) => {
      const { user_id, sid: session_id } = userOf(request.caller)
      const { password, ...proof } = request.body
      const outcome = await linkTelegram({ user_id, session_id, proof, password, address: request.ip })
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : linkViewOf(outcome)
    })
    const oidc = {
      tags: ['identity'],
      summary: 'Add a Telegram account to your account with the code of "Log in with Telegram"',
      description,
      body: LinkTelegramOidcBody,
      response,
    }
    http.post('/auth/link/telegram/oidc', { schema: oidc, config }, async (request, reply) => {
      const { user_id, sid: session_id } = userOf(request.caller)
      const { password, ...answer } = request.body
      const secret = loginSecretOf(request.headers.cookie, { https: request.protocol === 'https' })
      const proof = { oidc: { ...answer, secret, purpose: 'link' as const } }
      const outcome = await linkTelegram({ user_id, session_id, proof, password, address: request.ip })
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : linkViewOf(outcome)
    })
  }
