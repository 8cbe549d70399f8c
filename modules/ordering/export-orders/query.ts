import { sql } from 'kysely'
import type { OrderingApi } from '../api.ts'
import { returnsOf } from '../returns/store/returns.ts'
import { linesOf, shownColumns, type OrderingDb } from '../store.ts'

const maxOrders = 10_000
/** Orders that one query reads: other requests are answered between two pages. */
const maxOrdersPerPage = 100

/** Lists the orders of a user with their lines and returns, newest first. */
export const exportOrders =
  (db: OrderingDb, perPage = maxOrdersPerPage): OrderingApi['exportOrders'] =>
  async (user_id) => {
    const orders: Awaited<ReturnType<typeof listPage>> = []
    while (orders.length < maxOrders) {
      const page = await listPage(db, { user_id, after: orders.at(-1)?.id, limit: perPage })
      orders.push(...page)
      if (page.length < perPage) break
    }
    return orders
  }

type Page = Readonly<{ user_id: string; after: string | undefined; limit: number }>

const listPage = async (db: OrderingDb, { user_id, after, limit }: Page) =>
  await db
    .selectFrom('ordering.orders')
    .select(shownColumns)
    .select((query) => {
      const id = query.ref('ordering.orders.id')
      return [linesOf(id).as('lines'), returnsOf(id).as('returns')]
    })
    .where('user_id', '=', user_id)
    .$if(after !== undefined, (query) =>
      query.where(
        sql<boolean>`(created_at, id) < (select last.created_at, last.id from ordering.orders as last where last.id = ${after})`,
      ),
    )
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
