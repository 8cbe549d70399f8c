import { sql, type Kysely } from 'kysely'
import { pageOf, type Window } from '#platform/outcome'
import type { ListedOrder } from '../order-view.ts'
import type { OrderStatus } from '../schema.ts'
import { listLines, shownColumns, type OrderingTables } from '../store.ts'

type Filter = Readonly<{ user_id?: string | undefined; status?: OrderStatus | undefined; window: Window }>
export type ListOrders = (filter: Filter) => Promise<ReturnType<typeof pageOf<ListedOrder>>>

/** The count stops here: a longer list has this total as a lower bound. */
const countedAtMost = 10_000

/** Lists orders, newest first; keyset by (created_at, id). */
export const listOrders =
  (db: Kysely<OrderingTables>): ListOrders =>
  async ({ user_id, status, window }) => {
    const matching = db
      .selectFrom('ordering.orders')
      .$if(user_id !== undefined, (query) => query.where('user_id', '=', user_id!))
      .$if(status !== undefined, (query) => query.where('status', '=', status!))
    const [orders, { count }] = await Promise.all([
      matching
        .select(shownColumns)
        .$if(window.cursor !== undefined, (query) =>
          query.where(
            sql<boolean>`(created_at, id) < (${window.cursor?.[0]}::timestamptz, ${window.cursor?.[1]}::uuid)`,
          ),
        )
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .offset(window.offset)
        .limit(window.limit + 1)
        .execute(),
      db
        .selectFrom(
          matching
            .select(sql`1`.as('one'))
            .limit(countedAtMost + 1)
            .as('counted'),
        )
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow(),
    ])
    const lines = await listLines(
      db,
      orders.map((order) => order.id),
    )
    return pageOf({
      items: orders.map((order) => ({ order, lines: lines.get(order.id) ?? [] })),
      total: Math.min(count, countedAtMost),
      total_capped: count > countedAtMost,
      window,
      cursorOf: ({ order }) => [order.created_at.toISOString(), order.id],
    })
  }
