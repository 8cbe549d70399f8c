import { userOf } from '#platform/access'
import type { Routes } from '#platform/http'
import { windowOf } from '#platform/outcome'
import { Closed, Page, PageQuery } from '#platform/schema'
import { AlertView } from '../schema.ts'
import { alertViewOf } from '../view.ts'
import type { ListAlerts } from './query.ts'

const schema = {
  tags: ['catalog'],
  summary: 'List your subscriptions to variants',
  querystring: Closed(PageQuery),
  response: { 200: Page(AlertView) },
}

export const listAlertsRoute =
  ({ listAlerts }: Readonly<{ listAlerts: ListAlerts }>): Routes =>
  (http) => {
    http.get('/catalog/variants/alerts', { schema, config: { access: 'user' } }, async ({ caller, query }) => {
      const page = await listAlerts(userOf(caller).user_id, windowOf(query))
      return { ...page, items: page.items.map(alertViewOf) }
    })
  }
