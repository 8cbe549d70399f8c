import { sql } from 'kysely'
import { pageOf, type Window } from '#platform/outcome'
import type { CourseDb, OrderRow } from '../store.ts'

export type ListActiveOrders = (window: Window) => Promise<ReturnType<typeof pageOf<OrderRow>>>

/** Orders that are neither completed nor cancelled, the oldest first; keyset by (created_at, id). */
export const listActiveOrders =
  ({ db }: Readonly<{ db: CourseDb }>): ListActiveOrders =>
  async (window) => {
    const active = db.selectFrom('dispatch.orders').where('status', 'in', ['created', 'assigned'])
    const [items, { count }] = await Promise.all([
      active
        .selectAll()
        .$if(window.cursor !== undefined, (query) =>
          query.where(
            sql<boolean>`(created_at, id) > (${window.cursor?.[0]}::timestamptz, ${window.cursor?.[1]}::uuid)`,
          ),
        )
        .orderBy('created_at')
        .orderBy('id')
        .offset(window.offset)
        .limit(window.limit + 1)
        .execute(),
      active.select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow(),
    ])
    return pageOf({
      items,
      total: count,
      window,
      cursorOf: ({ created_at, id }) => [created_at.toISOString(), id],
    })
  }
