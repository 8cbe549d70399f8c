import { Type } from 'typebox'
import { refuse, type Routes } from '#platform/http'
import { isRefusal, windowOf } from '#platform/outcome'
import { Closed, IdParams, Page, PageQuery } from '#platform/schema'
import { ReturnState, ReturnView } from '../return-schema.ts'
import type { ListReturns, ShowReturn } from './query.ts'

const tags = ['catalog admin']
const listing = {
  tags,
  summary: 'List the goods of orders that were cancelled after their parcel had left the shop, newest first',
  querystring: Closed({ ...PageQuery, state: Type.Optional(ReturnState) }),
  response: { 200: Page(ReturnView) },
}
const showing = {
  tags,
  summary: 'Show the goods in return of an order',
  params: IdParams,
  response: { 200: ReturnView },
}

export const listReturnsRoutes =
  ({ listReturns, showReturn }: Readonly<{ listReturns: ListReturns; showReturn: ShowReturn }>): Routes =>
  (http) => {
    const config = { access: { permission: 'catalog.write' } }
    http.get('/admin/returns', { schema: listing, config }, ({ query }) =>
      listReturns({ state: query.state, window: windowOf(query) }),
    )
    http.get('/admin/returns/:id', { schema: showing, config }, async ({ params }, reply) => {
      const outcome = await showReturn(params.id)
      return isRefusal(outcome) ? refuse(reply, outcome) : outcome.return
    })
  }
