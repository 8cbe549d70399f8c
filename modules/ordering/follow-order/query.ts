import type { Kysely } from 'kysely'
import { notFound, type NotFound } from '#platform/outcome'
import type { OrderingTables, TimelineRow } from '../store.ts'

type Followed = Readonly<{
  kind: 'found'
  /** The entries of the timeline after entry `id`, oldest first. */
  entriesAfter: (id: number) => Promise<readonly TimelineRow[]>
}>

/** Finds the timeline of an order of the user. */
export type FollowOrder = (order_id: string, user_id: string) => Promise<Followed | NotFound>

export const followOrder =
  (db: Kysely<OrderingTables>): FollowOrder =>
  async (order_id, user_id) => {
    const own = await db
      .selectFrom('ordering.orders')
      .select('id')
      .where('id', '=', order_id)
      .where('user_id', '=', user_id)
      .executeTakeFirst()
    if (!own) return notFound('order')
    return {
      kind: 'found',
      entriesAfter: async (id) =>
        await db
          .selectFrom('ordering.timeline')
          .selectAll()
          .where('order_id', '=', order_id)
          .where('id', '>', id)
          .orderBy('id')
          .execute(),
    }
  }
