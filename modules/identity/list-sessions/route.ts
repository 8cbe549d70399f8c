import { Type } from 'typebox'
import { userOf } from '#platform/access'
import type { Routes } from '#platform/http'
import { pageOf, windowOf } from '#platform/outcome'
import { Page, PageQuery } from '#platform/schema'
import { SessionView } from '../schema.ts'
import type { ListSessions } from './query.ts'

type Row = Awaited<ReturnType<ListSessions>>['items'][number]

export const listSessionsRoute =
  (listSessions: ListSessions): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'List the devices where I am signed in',
      querystring: Type.Object(PageQuery, { additionalProperties: false }),
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

const sessionViewOf = ({ created_at, used_at, expires_at, ...row }: Row, current_id: string): SessionView => ({
  ...row,
  is_current: row.id === current_id,
  created_at: created_at.toISOString(),
  used_at: used_at.toISOString(),
  expires_at: expires_at.toISOString(),
})
