import { Type } from 'typebox'
import type { AnyReply, Routes } from '#platform/http'
import { pagePolicy, payPage } from './page.ts'
import type { ReadPayPage } from './query.ts'
import type { View } from './view.ts'

/** Any text: whoever cut the link short sees a page, and not a problem document. */
const shown = {
  hide: true,
  params: Type.Object({ order_id: Type.String() }),
  querystring: Type.Object({ looks: Type.Optional(Type.String({ maxLength: 10 })) }),
}

/** Public by its unguessable id, as the links of banks are: whoever has it may pay, nobody learns who ordered. */
export const payPageRoute =
  (read: ReadPayPage, shopUrl: string): Routes =>
  (http) => {
    http.get('/pay/:order_id', { schema: shown, config: { access: 'anyone' } }, async (request, reply) => {
      const { order_id } = request.params
      const looks = Math.trunc(Math.min(Math.max(Number(request.query.looks ?? 0), 0), 1000)) || 0
      const view: View = uuid.test(order_id) ? await read(order_id, looks) : { kind: 'nothing-here' }
      if (view.kind === 'elsewhere') return reply.redirect(view.url, 303)
      if (view.kind === 'nothing-here') reply.code(404)
      return asPage(reply).send(payPage(view, { order_id, looks, locale: request.locale, shopUrl }))
    })
  }

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const asPage = (reply: AnyReply) =>
  reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('content-security-policy', pagePolicy)
    .header('referrer-policy', 'same-origin')
