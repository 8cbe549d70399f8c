import { refuse, type Routes } from '#platform/http'
import { isRefusal, windowOf } from '#platform/outcome'
import { Closed, IdParams, Page, PageQuery } from '#platform/schema'
import { draftViewOf } from '../order-view.ts'
import { DraftView } from '../request-schema.ts'
import type { ListDrafts, ShowDraft } from './query.ts'

const tags = ['ordering']
const listing = {
  tags,
  summary: 'List the drafts of orders that are not placed yet, newest first',
  querystring: Closed(PageQuery),
  response: { 200: Page(DraftView) },
}
const showing = { tags, summary: 'Show a draft of an order', params: IdParams, response: { 200: DraftView } }

type Needs = Readonly<{ listDrafts: ListDrafts; showDraft: ShowDraft }>

export const listDraftsRoutes =
  ({ listDrafts, showDraft }: Needs): Routes =>
  (http) => {
    const config = { access: { permission: 'orders.read' } }
    http.get('/admin/order-drafts', { schema: listing, config }, async ({ query }) => {
      const page = await listDrafts(windowOf(query))
      return { ...page, items: page.items.map(draftViewOf) }
    })
    http.get('/admin/order-drafts/:id', { schema: showing, config }, async ({ params }, reply) => {
      const outcome = await showDraft(params.id)
      return isRefusal(outcome) ? refuse(reply, outcome) : draftViewOf(outcome.draft)
    })
  }
