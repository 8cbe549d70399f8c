import { Type } from 'typebox'
import { Problem, type AnyRequest, type Http, type Routes } from '#platform/http'
import type { AnswerSandbox } from './answer-sandbox.ts'

const schema = {
  hide: true,
  params: Type.Object({
    order_id: Type.String({ format: 'uuid' }),
    word: Type.Union([Type.Literal('approve'), Type.Literal('decline'), Type.Literal('wait')]),
  }),
}
const words = { approve: 'succeeded', decline: 'declined', wait: 'processing' } as const

/** The buttons of the make-believe bank. */
export const answerSandboxRoute =
  (answerSandbox: AnswerSandbox): Routes =>
  (http) => {
    http.register(async (scope) => {
      const forms = scope as Http
      forms.addContentTypeParser(
        'application/x-www-form-urlencoded',
        { bodyLimit: 1024, parseAs: 'string' },
        async () => ({}),
      )
      forms.post('/pay/:order_id/:word', { schema, config: { access: 'anyone' } }, async (request, reply) => {
        const { order_id, word } = request.params
        if (!isFromOurPage(request)) throw new Problem(403, 'cross-site', crossSite)
        await answerSandbox(order_id, words[word])
        return reply.redirect(`/pay/${order_id}`, 303)
      })
    })
  }

const crossSite = {
  en: 'Press the button on the payment page itself.',
  ru: 'Нажмите кнопку на самой странице оплаты.',
}

/** Browsers say where a form was sent from; programs that are none say nothing. */
function isFromOurPage({ headers }: AnyRequest): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  const { origin, host } = headers
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
}
