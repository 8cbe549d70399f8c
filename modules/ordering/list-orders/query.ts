import type { Kysely } from 'kysely'
import { countRows, timeCursor, byTime } from '#platform/db'
import { pageOf, type Window } from '#platform/outcome'
import type { ListedOrder } from '../order-view.ts'
import type { OrderStatus } from '../schema.ts'
import { linesOf, payUntilOf, shownColumns, type OrderingTables } from '../store.ts'

type Filter = Readonly<{ user_id?: string | undefined; status?: OrderStatus | undefined; window: Window }>
export type ListOrders = (filter: Filter) => Promise<ReturnType<typeof pageOf<ListedOrder>>>

/** Lists orders, newest first; keyset by (created_at, id). */
export const listOrders =
  (db: Kysely<OrderingTables>): ListOrders =>
  async ({ user_id, status, window }) => {
    const matching = db
      .selectFrom('ordering.orders')
      .$if(user_id !== undefined, (query) => query.where('user_id', '=', user_id!))
      .$if(status !== undefined, (query) => query.where('status', '=', status!))
    const page = matching.select(shownColumns).$call(byTime(window))
    const [orders, counted] = await Promise.all([
      // The lines are read outside the page: PostgreSQL would compute them for the rows that the offset skips too.
      db
        .selectFrom(page.as('order'))
        .selectAll('order')
        .select((eb) => [linesOf(eb.ref('order.id')).as('lines'), payUntilOf(eb.ref('order.id')).as('pay_until')])
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .execute(),
      countRows(db, matching),
    ])
    return pageOf({
      items: orders.map(({ lines, pay_until, ...order }) => ({ order, lines, pay_until })),
      counted,
      window,
      cursorOf: ({ order }) => timeCursor(order),
    })
  }
