import { sql, type Expression } from 'kysely'
import { countRows, timeCursor, byTime } from '#platform/db'
import { pageOf, type Window } from '#platform/outcome'
import { isId } from '#platform/values'
import type { ListedOrder } from '../order-view.ts'
import type { DeliveryMethod, OrderStatus, PaymentMethod } from '../schema.ts'
import { linesOf, payUntilOf, shownColumns, type OrderingDb } from '../store.ts'

/** The text that staff search for, and the accounts that it names. */
type OrderSearch = Readonly<{ text: string; user_ids: readonly string[] }>

export type OrderFilter = Readonly<{
  user_id?: string | undefined
  status?: OrderStatus | undefined
  payment_method?: PaymentMethod | undefined
  delivery_method?: DeliveryMethod | undefined
  /** When the order was placed: from the first moment to the one before the second. */
  from?: Date | undefined
  until?: Date | undefined
  search?: OrderSearch | undefined
}>
type ListFilter = OrderFilter & Readonly<{ window: Window }>
export type ListOrders = (filter: ListFilter) => Promise<ReturnType<typeof pageOf<ListedOrder>>>
/** The orders of a window, and one more. */
export type FindOrders = (filter: ListFilter) => Promise<readonly ListedOrder[]>

/** Lists orders, newest first; keyset by (created_at, id). */
export const listOrders =
  (db: OrderingDb): ListOrders =>
  async ({ window, ...filter }) => {
    const [items, counted] = await Promise.all([
      findOrders(db)({ ...filter, window }),
      countRows(db, matchingOrders(db, filter)),
    ])
    return pageOf({ items, counted, window, cursorOf: ({ order }) => timeCursor(order) })
  }

/** Finds orders, newest first, without their number. */
export const findOrders =
  (db: OrderingDb): FindOrders =>
  async ({ window, ...filter }) => {
    const page = matchingOrders(db, filter).select(shownColumns).$call(byTime(window))
    // The lines are read outside the page: PostgreSQL would compute them for the rows that the offset skips too.
    const orders = await db
      .selectFrom(page.as('order'))
      .selectAll('order')
      .select((eb) => [linesOf(eb.ref('order.id')).as('lines'), payUntilOf(eb.ref('order.id')).as('pay_until')])
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .execute()
    return orders.map(({ lines, pay_until, ...order }) => ({ order, lines, pay_until }))
  }

const matchingOrders = (
  db: OrderingDb,
  { user_id, status, payment_method, delivery_method, from, until, search }: OrderFilter,
) =>
  db
    .selectFrom('ordering.orders')
    .$if(user_id !== undefined, (query) => query.where('user_id', '=', user_id!))
    .$if(status !== undefined, (query) => query.where('status', '=', status!))
    .$if(payment_method !== undefined, (query) => query.where('payment_method', '=', payment_method!))
    .$if(delivery_method !== undefined, (query) => query.where('delivery_method', '=', delivery_method!))
    .$if(from !== undefined, (query) => query.where('created_at', '>=', from!))
    .$if(until !== undefined, (query) => query.where('created_at', '<', until!))
    .$if(search !== undefined, (query) => query.where('id', 'in', idsThatMatch(search!)))

/** Fewer digits are no phone, but perhaps a part of a number. */
const leastPhoneDigits = 7

/** The orders of a number, an id, an account, an e-mail or a phone. Each part has an index. */
function idsThatMatch({ text, user_ids }: OrderSearch): Expression<string> {
  const given = text.trim()
  const number = `${given.toUpperCase().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  const digits = given.replaceAll(/\D/g, '')
  const phone = /^[\d\s()+-]+$/.test(given) && digits.length >= leastPhoneDigits ? given : null
  return sql<string>`(
    select id from ordering.orders where number like ${number}
    union select id from ordering.orders where id = ${isId(given) ? given : null}::uuid
    union select id from ordering.orders where user_id = any(${user_ids}::uuid[])
    union select id from ordering.orders where lower(contact_email) = lower(${given}) and contact_email is not null
    union select id from ordering.orders
      where ordering.phone_key(recipient_phone) = ordering.phone_key(${phone}) and recipient_phone is not null
    union select id from ordering.orders
      where ordering.phone_key(contact_phone) = ordering.phone_key(${phone}) and contact_phone is not null)`
}
