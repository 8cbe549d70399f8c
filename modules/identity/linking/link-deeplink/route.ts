import { userOf } from '#platform/access'
import { notFoundAnswer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { NoBody } from '#platform/schema'
import { ownerAnswers } from '../../answers.ts'
import { authBodyLimit } from '../../schema.ts'
import { clientOf } from '../../session.ts'
import { deeplinkAnswers, telegramAnswers } from '../../telegram/answers.ts'
import { loginCookie, loginSecretOf } from '../../telegram/login-cookie.ts'
import { DeeplinkLoginView, WaitingView } from '../../telegram/schema.ts'
import { linkAnswers } from '../answers.ts'
import { linkViewOf } from '../link-view.ts'
import { BeginDeeplinkLinkBody, LinkView } from '../schema.ts'
import type { BeginDeeplinkLink, BeginDeeplinkLinkOutcome, LinkDeeplink, LinkDeeplinkOutcome } from './link-deeplink.ts'

const beginAnswers = {
  ...ownerAnswers,
  'telegram-off': telegramAnswers['telegram-off'],
} satisfies Record<ReasonOf<BeginDeeplinkLinkOutcome>, Answer>
const answers = { ...linkAnswers, ...deeplinkAnswers } satisfies Record<ReasonOf<LinkDeeplinkOutcome>, Answer>

type Needs = Readonly<{ beginDeeplinkLink: BeginDeeplinkLink; linkDeeplink: LinkDeeplink }>

export const linkDeeplinkRoutes =
  ({ beginDeeplinkLink, linkDeeplink }: Needs): Routes =>
  (http) => {
    const begin = {
      tags: ['identity'],
      summary: 'Begin to add a Telegram account with a link to the bot',
      description:
        'Works as POST /auth/telegram/deeplink, for the account of this session. Then call POST /auth/link/telegram/deeplink/finish every few seconds.',
      body: BeginDeeplinkLinkBody,
      response: { 200: DeeplinkLoginView, ...problemsOf(beginAnswers) },
    }
    const again = { access: 'user', bodyLimit: authBodyLimit, repeat: 'Begins again.' } as const
    http.post('/auth/link/telegram/deeplink', { schema: begin, config: again }, async (request, reply) => {
      const { user_id, sid: session_id } = userOf(request.caller)
      const { password } = request.body
      const outcome = await beginDeeplinkLink({ user_id, session_id, password, client: clientOf(request) })
      if (isRefusal(outcome)) return refuse(reply, outcome, beginAnswers)
      const { secret, link, command, number, expires_in } = outcome
      reply.header('set-cookie', loginCookie(secret, { https: request.protocol === 'https' }))
      return { link, command, number, expires_in }
    })
    const finish = {
      tags: ['identity'],
      summary: 'Add the Telegram account that answered in the bot',
      description: '202 until the person has answered in the bot.',
      body: NoBody,
      response: { 200: LinkView, 202: WaitingView, ...problemsOf({ ...answers, ...notFoundAnswer }) },
    }
    const once = { access: 'user', repeat: 'The confirmation has already been used: 401.' } as const
    http.post('/auth/link/telegram/deeplink/finish', { schema: finish, config: once }, async (request, reply) => {
      const { user_id, sid: session_id } = userOf(request.caller)
      const secret = loginSecretOf(request.headers.cookie, { https: request.protocol === 'https' })
      const outcome = await linkDeeplink({ user_id, session_id, secret })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return outcome.kind === 'waiting' ? reply.code(202).send({ status: 'waiting' }) : linkViewOf(outcome)
    })
  }
