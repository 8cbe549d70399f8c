import { Type } from 'typebox'
import { Problem, type AnyReply, type AnyRequest, type Http, type Routes } from '#platform/http'
import type { AnswerSandbox } from './answer-sandbox.ts'
import { pagePolicy, payPage } from './page.ts'
import type { ReadPayPage } from './query.ts'

const order_id = Type.String({ format: 'uuid' })
const shown = {
  hide: true,
  params: Type.Object({ order_id }),
  querystring: Type.Object({ looks: Type.Integer({ minimum: 0, maximum: 1000, default: 0 }) }),
}
const answered = {
  hide: true,
  params: Type.Object({
    order_id,
    word: Type.Union([Type.Literal('approve'), Type.Literal('decline'), Type.Literal('wait')]),
  }),
}
const words = { approve: 'succeeded', decline: 'declined', wait: 'processing' } as const

/** Public by its unguessable id, as the links of banks are: whoever has it may pay, nobody learns who ordered. */
export const payPageRoute =
  (read: ReadPayPage, shopUrl: string): Routes =>
  (http) => {
    http.get('/pay/:order_id', { schema: shown, config: { access: 'anyone' } }, async (request, reply) => {
      const { order_id } = request.params
      const { looks } = request.query
      const { view } = await read(order_id, looks)
      if (view.kind === 'elsewhere') return reply.redirect(view.url, 303)
      if (view.kind === 'nothing-here') reply.code(404)
      return asPage(reply).send(payPage(view, { order_id, looks, locale: request.locale, shopUrl }))
    })
  }

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
      forms.post('/pay/:order_id/:word', { schema: answered, config: { access: 'anyone' } }, async (request, reply) => {
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

const asPage = (reply: AnyReply) =>
  reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('content-security-policy', pagePolicy)
    .header('referrer-policy', 'same-origin')

/** Browsers say where a form was sent from; programs that are none say nothing. */
function isFromOurPage({ headers }: AnyRequest): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  const { origin, host } = headers
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
}
