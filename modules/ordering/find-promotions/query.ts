import { sql } from 'kysely'
import type { OrderingApi } from '../api.ts'
import type { OrderingDb } from '../store.ts'

/** Finds whether a buyer has ordered before. Two index scans; the orders of guests are found until an account claims them. */
export const hasOrdered =
  (db: OrderingDb): OrderingApi['hasOrdered'] =>
  async ({ user_id, email }) => {
    const { rows } = await sql<{ found: boolean }>`
      select exists (select from ordering.orders where user_id = ${user_id}::uuid and status <> 'cancelled')
        or exists (
          select from ordering.orders
          where contact_email is not null and claimed_at is null and lower(contact_email) = lower(${email}::text)
            and status <> 'cancelled') as found
    `.execute(db)
    return rows[0]?.found ?? false
  }

/** Finds the promotions that orders use. Cancelled orders use none. */
export const promotionsOf =
  (db: OrderingDb): OrderingApi['promotionsOf'] =>
  async (order_ids) => {
    const { rows } = await sql<{ order_id: string; promotion_ids: readonly string[] }>`
      select id as order_id, array(
        select discount ->> 'promotion_id' from jsonb_array_elements(discounts) as discount) as promotion_ids
      from ordering.orders where id = any(${order_ids}::uuid[]) and status <> 'cancelled'
    `.execute(db)
    return rows
  }
