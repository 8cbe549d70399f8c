import { Type } from 'typebox'
import { answer, refuse, type AnyRequest, type Http, type Routes } from '#platform/http'
import { Id, NoBody, OneOf } from '#platform/schema'
import { notFound } from '#platform/outcome'
import type { PayLinks } from '../pay-links.ts'
import { sandboxButtons, sandboxDecisions } from '../schema.ts'
import type { AnswerSandbox } from './answer-sandbox.ts'

const schema = {
  hide: true,
  body: NoBody,
  params: Type.Object({ order_id: Id, button: OneOf(sandboxButtons) }),
  querystring: Type.Object({ token: Type.Optional(Type.String({ maxLength: 1000 })) }),
}

const answers = {
  'cross-site': answer(403, 'Press the button on the payment page itself.', 'Нажмите кнопку на самой странице оплаты.'),
}

/** The buttons of the sandbox bank on the payment page. */
export const answerSandboxRoute =
  ({ answerSandbox, payLinks }: Readonly<{ answerSandbox: AnswerSandbox; payLinks: PayLinks }>): Routes =>
  (http) => {
    http.register(async (scope) => {
      const forms = scope as Http
      forms.addContentTypeParser(
        'application/x-www-form-urlencoded',
        { bodyLimit: 1024, parseAs: 'string' },
        async () => ({}),
      )
      forms.post(
        '/pay/:order_id/:button',
        { schema, config: { access: 'anyone', repeat: 'The charge has its answer.' } },
        async (request, reply) => {
          const { order_id, button } = request.params
          if (!isFromOwnPage(request)) return refuse(reply, { kind: 'refused', reason: 'cross-site' }, answers)
          if (!payLinks.isValid(order_id, request.query.token)) return refuse(reply, notFound('payment page'))
          const decision = sandboxDecisions[button]
          await answerSandbox({ subject_id: order_id, decision, client_address: request.ip })
          return reply.redirect(payLinks.pathOf(order_id), 303)
        },
      )
    })
  }

/** A browser names the origin of a form; a program that is no browser sends neither header. */
function isFromOwnPage({ headers }: AnyRequest): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  const { origin, host } = headers
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
}
