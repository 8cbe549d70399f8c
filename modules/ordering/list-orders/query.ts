import { sql, type Kysely } from 'kysely'
import { pageOf, type Window } from '#platform/outcome'
import type { Line, Status } from '../order.ts'
import { linesOf, shownColumns, type ShownOrder } from '../order-rows.ts'
import type { OrderingTables } from '../tables.ts'

type Wanted = Readonly<{ user_id?: string | undefined; status?: Status | undefined; window: Window }>
type Listed = Readonly<{ order: ShownOrder; lines: readonly Line[] }>
export type ListOrders = (wanted: Wanted) => Promise<ReturnType<typeof pageOf<Listed>>>

/** Counting stops here: beyond it the total is a lower bound. */
const countedAtMost = 10_000

/** Orders, newest first; keyset by (created_at, id). */
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
    const lines = await linesOf(
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
