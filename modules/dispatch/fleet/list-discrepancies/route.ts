import { Type } from 'typebox'
import type { Routes } from '#platform/http'
import { windowOf } from '#platform/outcome'
import { Closed, Page, PageQuery } from '#platform/schema'
import { DiscrepancyView } from '../discrepancy-schema.ts'
import { discrepancyViewOf } from '../discrepancy-view.ts'
import type { ListDiscrepancies } from './query.ts'

const schema = {
  tags: ['dispatch'],
  summary: 'List the reports of couriers that disagree with the shop, newest first',
  querystring: Closed({ ...PageQuery, is_resolved: Type.Optional(Type.Boolean()) }),
  response: { 200: Page(DiscrepancyView) },
}

export const listDiscrepanciesRoute =
  ({ listDiscrepancies }: Readonly<{ listDiscrepancies: ListDiscrepancies }>): Routes =>
  (http) => {
    const config = { access: { permission: 'dispatch.read' } }
    http.get('/dispatch/discrepancies', { schema, config }, async ({ query }) => {
      const page = await listDiscrepancies({ is_resolved: query.is_resolved, window: windowOf(query) })
      return { ...page, items: page.items.map(discrepancyViewOf) }
    })
  }
