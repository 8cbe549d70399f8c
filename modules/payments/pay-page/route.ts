import { Type } from 'typebox'
import type { AnyReply, Routes } from '#platform/http'
import { pagePolicy, payPage } from './page.ts'
import type { ReadPayPage } from './query.ts'

const order_id = Type.String({ format: 'uuid' })
const shown = {
  hide: true,
  params: Type.Object({ order_id }),
  querystring: Type.Object({ looks: Type.Integer({ minimum: 0, maximum: 1000, default: 0 }) }),
}

/** Public by its unguessable id, as the links of banks are: whoever has it may pay, nobody learns who ordered. */
export const payPageRoute =
  (read: ReadPayPage, shopUrl: string): Routes =>
  (http) => {
    http.get('/pay/:order_id', { schema: shown, config: { access: 'anyone' } }, async (request, reply) => {
      const { order_id } = request.params
      const { looks } = request.query
      const view = await read(order_id, looks)
      if (view.kind === 'elsewhere') return reply.redirect(view.url, 303)
      if (view.kind === 'nothing-here') reply.code(404)
      return asPage(reply).send(payPage(view, { order_id, looks, locale: request.locale, shopUrl }))
    })
  }

const asPage = (reply: AnyReply) =>
  reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('content-security-policy', pagePolicy)
    .header('referrer-policy', 'same-origin')
