import { Type } from 'typebox'
import { userOf, type Routes } from '#platform/http'
import { pageOf, windowOf } from '#platform/outcome'
import { Page, PageQuery } from '#platform/schema'
import type { ListSessions } from './query.ts'

const Time = Type.String({ format: 'date-time' })
const SessionView = Type.Object({
  id: Type.String({ format: 'uuid' }),
  device: Type.String({ description: 'What the program that signed in calls itself' }),
  ip: Type.String(),
  is_current: Type.Boolean({ description: 'The session of this very request' }),
  created_at: Time,
  used_at: Time,
  expires_at: Time,
})

export const listSessionsRoute =
  (listSessions: ListSessions): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Where I am signed in',
      querystring: Type.Object(PageQuery, { additionalProperties: false }),
      response: { 200: Page(SessionView) },
    }
    http.get('/auth/sessions', { schema, config: { access: 'customer' } }, async (request) => {
      const { user_id, sid } = userOf(request.caller)
      const window = windowOf(request.query)
      const { items, total } = await listSessions(user_id, window)
      const shown = items.map(({ created_at, used_at, expires_at, ...session }) => ({
        ...session,
        is_current: session.id === sid,
        created_at: created_at.toISOString(),
        used_at: used_at.toISOString(),
        expires_at: expires_at.toISOString(),
      }))
      return pageOf({ items: shown, total, window, cursorOf: ({ id }) => [id] })
    })
  }
