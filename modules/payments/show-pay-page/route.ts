import { Type } from 'typebox'
import type { Routes } from '#platform/http'
import { isId } from '#platform/values'
import type { PayLinks } from '../pay-links.ts'
import { payPage, payPageHeaders } from './page.ts'
import type { ShowPayPage } from './query.ts'
import type { View } from './view.ts'

/** Takes any text: a person with a broken link gets a page instead of a problem document. */
const schema = {
  hide: true,
  params: Type.Object({ order_id: Type.String() }),
  querystring: Type.Object({
    token: Type.Optional(Type.String({ maxLength: 1000 })),
    refreshes: Type.Optional(Type.String({ maxLength: 10 })),
  }),
}

type Needs = Readonly<{
  showPayPage: ShowPayPage
  payLinks: PayLinks
  shopUrl: string
  orderUrlOf: (order_id: string) => string
}>

/** Public by its token, like the payment links of banks. The page does not say who ordered. */
export const showPayPageRoute =
  ({ showPayPage, payLinks, shopUrl, orderUrlOf }: Needs): Routes =>
  (http) => {
    http.get('/pay/:order_id', { schema, config: { access: 'anyone' } }, async (request, reply) => {
      const { order_id } = request.params
      const refreshes = Math.trunc(Math.min(Math.max(Number(request.query.refreshes ?? 0), 0), 1000)) || 0
      const isOpen = isId(order_id) && payLinks.isValid(order_id, request.query.token)
      const view: View = isOpen ? await showPayPage(order_id, refreshes) : { kind: 'broken-link' }
      if (view.kind === 'redirect') return reply.redirect(view.url, 303)
      if (view.kind === 'nothing-to-pay' || view.kind === 'broken-link') reply.code(404)
      const returnUrl = isOpen ? orderUrlOf(order_id) : shopUrl
      const pathOf = (button?: string) => payLinks.pathOf(order_id, button)
      return reply.headers(payPageHeaders).send(payPage(view, { pathOf, refreshes, locale: request.locale, returnUrl }))
    })
  }
