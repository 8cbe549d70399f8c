import { sql, type Kysely } from 'kysely'
import { pageOf, type Window } from '#platform/outcome'
import type { ListedOrder } from '../order-view.ts'
import type { OrderStatus } from '../schema.ts'
import { linesOf, shownColumns, type OrderingTables } from '../store.ts'

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
    const page = matching
      .select(shownColumns)
      .$if(window.cursor !== undefined, (query) =>
        query.where(sql<boolean>`(created_at, id) < (${window.cursor?.[0]}::timestamptz, ${window.cursor?.[1]}::uuid)`),
      )
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .offset(window.offset)
      .limit(window.limit + 1)
    const [orders, { count }] = await Promise.all([
      // The lines are read outside the page: PostgreSQL would compute them for the rows that the offset skips too.
      db
        .selectFrom(page.as('order'))
        .selectAll('order')
        .select((eb) => linesOf(eb.ref('order.id')).as('lines'))
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
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
    return pageOf({
      items: orders.map(({ lines, ...order }) => ({ order, lines })),
      total: Math.min(count, countedAtMost),
      total_capped: count > countedAtMost,
      window,
      cursorOf: ({ order }) => [order.created_at.toISOString(), order.id],
    })
  }
