import { Type } from 'typebox'
import type { AnyReply, Routes } from '#platform/http'
import { isId } from '#platform/values'
import { pagePolicy, payPage } from './page.ts'
import type { ShowPayPage } from './query.ts'
import type { View } from './view.ts'

/** Takes any text: a person with a broken link gets a page instead of a problem document. */
const schema = {
  hide: true,
  params: Type.Object({ order_id: Type.String() }),
  querystring: Type.Object({ refreshes: Type.Optional(Type.String({ maxLength: 10 })) }),
}

type Needs = Readonly<{ showPayPage: ShowPayPage; shopUrl: string }>

/** Public by its unguessable id, like the payment links of banks. The page does not say who ordered. */
export const showPayPageRoute =
  ({ showPayPage, shopUrl }: Needs): Routes =>
  (http) => {
    http.get('/pay/:order_id', { schema, config: { access: 'anyone' } }, async (request, reply) => {
      const { order_id } = request.params
      const refreshes = Math.trunc(Math.min(Math.max(Number(request.query.refreshes ?? 0), 0), 1000)) || 0
      const view: View = isId(order_id) ? await showPayPage(order_id, refreshes) : { kind: 'nothing-to-pay' }
      if (view.kind === 'redirect') return reply.redirect(view.url, 303)
      if (view.kind === 'nothing-to-pay') reply.code(404)
      return withPageHeaders(reply).send(payPage(view, { order_id, refreshes, locale: request.locale, shopUrl }))
    })
  }

const withPageHeaders = (reply: AnyReply) =>
  reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('content-security-policy', pagePolicy)
    // Without it a browser on plain HTTP sends `Origin: null` with the form, as it does for a foreign site.
    .header('referrer-policy', 'same-origin')
