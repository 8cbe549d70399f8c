import type { Routes } from '#platform/http'
import { windowOf } from '#platform/outcome'
import { Closed, Page, PageQuery } from '#platform/schema'
import { courierViewOf } from '../courier-view.ts'
import { GridCourierView } from '../schema.ts'
import type { ListCouriers } from './query.ts'

const schema = {
  tags: ['dispatch'],
  summary: 'List the couriers of the grid',
  querystring: Closed(PageQuery),
  response: { 200: Page(GridCourierView) },
}

export const listCouriersRoute =
  ({ listCouriers }: Readonly<{ listCouriers: ListCouriers }>): Routes =>
  (http) => {
    const config = { access: { permission: 'dispatch.read' } }
    http.get('/dispatch/couriers', { schema, config }, async ({ query }) => {
      const page = await listCouriers(windowOf(query))
      return { ...page, items: page.items.map(courierViewOf) }
    })
  }
