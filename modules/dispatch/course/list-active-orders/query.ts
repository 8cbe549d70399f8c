import { byTime, countRows, timeCursor } from '#platform/db'
import { pageOf, type Window } from '#platform/outcome'
import type { CourseDb, OrderRow } from '../store.ts'

export type ListActiveOrders = (window: Window) => Promise<ReturnType<typeof pageOf<OrderRow>>>

/** Orders that are neither completed nor cancelled, the oldest first; keyset by (created_at, id). */
export const listActiveOrders =
  ({ db }: Readonly<{ db: CourseDb }>): ListActiveOrders =>
  async (window) => {
    const active = db.selectFrom('dispatch.orders').where('status', 'in', ['created', 'assigned'])
    const [items, counted] = await Promise.all([
      active
        .selectAll()
        .$call(byTime(window, { oldestFirst: true }))
        .execute(),
      countRows(db, active),
    ])
    return pageOf({
      items,
      counted,
      window,
      cursorOf: timeCursor,
    })
  }
