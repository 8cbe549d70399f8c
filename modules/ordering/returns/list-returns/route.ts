import { userOf } from '#platform/access'
import { refuse, type AnyReply, type AnyRequest, type Routes } from '#platform/http'
import { isRefusal, notFound, windowOf } from '#platform/outcome'
import { Closed, IdParams, Page, PageQuery } from '#platform/schema'
import type { OrderLinks } from '../../order-links.ts'
import { LinkParams } from '../../schema.ts'
import { adminReturnViewOf, returnViewOf } from '../return-view.ts'
import { AdminReturnView, OrderReturns, returnFilter } from '../schema.ts'
import type { ListOwnReturns, ListReturns, ShowReturn } from './query.ts'

const tags = ['ordering']
const listing = {
  tags,
  summary: 'List the returns of buyers, newest first',
  querystring: Closed(returnFilter),
  response: { 200: Page(AdminReturnView) },
}
const showing = { tags, summary: 'Show the return of a buyer', params: IdParams, response: { 200: AdminReturnView } }

type Needs = Readonly<{ listReturns: ListReturns; showReturn: ShowReturn }>

export const listReturnsRoutes =
  ({ listReturns, showReturn }: Needs): Routes =>
  (http) => {
    const config = { access: { permission: 'orders.read' } }
    http.get('/admin/order-returns', { schema: listing, config }, async ({ query, locale }) => {
      const { status, order_id } = query
      const page = await listReturns({ status, order_id, window: windowOf(query) })
      return { ...page, items: page.items.map((found) => adminReturnViewOf(found, locale)) }
    })
    http.get('/admin/order-returns/:id', { schema: showing, config }, async ({ params, locale }, reply) => {
      const outcome = await showReturn(params.id)
      return isRefusal(outcome) ? refuse(reply, outcome) : adminReturnViewOf(outcome.return, locale)
    })
  }

const querystring = Closed(PageQuery)
const response = { 200: OrderReturns }
const own = {
  tags,
  summary: 'List the returns of your order, and what may still come back',
  params: IdParams,
  querystring,
  response,
}
const linked = {
  tags,
  summary: 'List the returns of the order of a private link, and what may still come back',
  params: LinkParams,
  querystring,
  response,
}

type OwnNeeds = Readonly<{ listOwnReturns: ListOwnReturns; orderLinks: OrderLinks }>

export const listOwnReturnsRoutes =
  ({ listOwnReturns, orderLinks }: OwnNeeds): Routes =>
  (http) => {
    const answerWith = async ({ locale }: AnyRequest, reply: AnyReply, own: Parameters<ListOwnReturns>[0]) => {
      const outcome = await listOwnReturns(own)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      const { returns, returnable, return_until } = outcome
      const items = returns.items.map((found) => returnViewOf(found, locale))
      return { ...returns, items, returnable: [...returnable], return_until: return_until?.toISOString() ?? null }
    }
    http.get('/orders/:id/returns', { schema: own, config: { access: 'user' } }, async (request, reply) => {
      const access = userOf(request.caller)
      const window = windowOf(request.query)
      return await answerWith(request, reply, { order_id: request.params.id, access, window })
    })
    const config = { access: 'anyone' } as const
    http.get('/orders/by-link/:token/returns', { schema: linked, config }, async (request, reply) => {
      const access = orderLinks.read(request.params.token)
      if (!access) return refuse(reply, notFound('order'))
      const window = windowOf(request.query)
      return await answerWith(request, reply, { order_id: access.order_id, access, window })
    })
  }
