import { sql, type Kysely } from 'kysely'
import { Type } from 'typebox'
import type { Job } from '#platform/jobs'
import { after, days, minutes, type Clock } from '#platform/values'
import type { CartTables } from '../tables.ts'

type Needs = { db: Kysely<CartTables>; now: Clock }
const batch = 1000

/** Anybody may open a guest's cart, so they have to end: after 60 idle days. Notes about orders are kept for 30. */
export const forgetIdle = ({ db, now }: Needs): Job => ({
  name: 'cart.forget-idle',
  payload: Type.Object({}),
  cron: '20 3 * * *',
  timeLimit: minutes(5),
  work: async (_payload, signal) => {
    await inBatches(signal, () => forgetCarts(db, after(now(), -days(60))))
    await inBatches(signal, () => forgetOrders(db, after(now(), -days(30))))
  },
})

async function inBatches(signal: AbortSignal, forget: () => Promise<number>): Promise<void> {
  while (!signal.aborted && (await forget()) === batch);
}

const forgetCarts = async (db: Kysely<CartTables>, before: Date) =>
  affected(
    await sql`
      delete from cart.carts where id in (
        select id from cart.carts where token_hash is not null and updated_at < ${before}
        order by updated_at limit ${batch} for update skip locked)
    `.execute(db),
  )

const forgetOrders = async (db: Kysely<CartTables>, before: Date) =>
  affected(
    await sql`
      delete from cart.taken_orders where order_id in (
        select order_id from cart.taken_orders where taken_at < ${before} limit ${batch})
    `.execute(db),
  )

const affected = ({ numAffectedRows }: { numAffectedRows?: bigint }) => Number(numAffectedRows ?? 0n)
