import type { Kysely } from 'kysely'
import { notFound, type Sent } from '#platform/http'
import { isOver } from '../order.ts'
import { presentEntry } from '../order-view.ts'
import type { OrderingTables } from '../tables.ts'

/** The timeline of a person's order after entry `id`, oldest first. Throws 404 when the order is not theirs. */
export type FollowOrder = (
  order_id: string,
  user_id: string,
) => Promise<{ after: (id: number) => Promise<readonly Sent[]>; isLast: (last: Sent) => boolean }>

export const followOrder =
  (db: Kysely<OrderingTables>): FollowOrder =>
  async (order_id, user_id) => {
    const own = await db
      .selectFrom('ordering.orders')
      .select('id')
      .where('id', '=', order_id)
      .where('user_id', '=', user_id)
      .executeTakeFirst()
    if (!own) throw notFound('order')
    return {
      after: async (id) => {
        const entries = await db
          .selectFrom('ordering.timeline')
          .selectAll()
          .where('order_id', '=', order_id)
          .where('id', '>', id)
          .orderBy('id')
          .execute()
        return entries.map((entry) => ({ id: entry.id, event: entry.event, data: presentEntry(entry) }))
      },
      isLast: ({ data }) => isOver((data as ReturnType<typeof presentEntry>).status),
    }
  }
