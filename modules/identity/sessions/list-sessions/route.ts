import { userOf } from '#platform/access'
import type { Routes } from '#platform/http'
import { pageOf, windowOf } from '#platform/outcome'
import { Closed, Page, PageQuery } from '#platform/schema'
import { SessionView } from '../schema.ts'
import { sessionViewOf } from '../session-view.ts'
import type { ListSessions } from './query.ts'

export const listSessionsRoute =
  ({ listSessions }: Readonly<{ listSessions: ListSessions }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'List the devices where you are signed in, newest first',
      querystring: Closed(PageQuery),
      response: { 200: Page(SessionView) },
    }
    http.get('/auth/sessions', { schema, config: { access: 'user' } }, async (request) => {
      const { user_id, sid } = userOf(request.caller)
      const window = windowOf(request.query)
      const { items, total } = await listSessions(user_id, window)
      const views = items.map((row) => sessionViewOf(row, sid))
      return pageOf({ items: views, total, window, cursorOf: ({ id }) => [id] })
    })
  }
