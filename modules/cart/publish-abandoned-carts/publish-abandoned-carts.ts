import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { after, type Clock } from '#platform/values'
import { cartAbandoned } from '../events.ts'
import type { Line } from '../schema.ts'
import type { CartDb } from '../store.ts'

/** `abandonedAfter` is in milliseconds. */
export type Needs = Readonly<{ db: CartDb; now: Clock; abandonedAfter: number }>

/** Publishes the carts that have become abandoned, in batches, until `signal` ends the run. */
export type PublishAbandonedCarts = (signal: AbortSignal) => Promise<void>

const batchSize = 200

type Abandoned = Readonly<{ id: string; is_guest: boolean; updated_at: Date; lines: readonly Line[] }>

/**
 * A cart stores the version that was published: its next change makes another. It has no index on `updated_at`,
 * because each change of a cart would have to write to it; the scan of a hundred thousand carts takes some 20 ms.
 */
export const publishAbandonedCarts =
  ({ db, now, abandonedAfter }: Needs): PublishAbandonedCarts =>
  async (signal) => {
    for (let published = batchSize; published === batchSize && !signal.aborted;)
      published = await transaction(db, async (tx) => {
        const { rows } = await sql<Abandoned>`
          with idle as (
            select id from cart.carts cart where updated_at <= ${after(now(), -abandonedAfter)}
              and abandoned_version is distinct from version and exists (select from cart.items where cart_id = cart.id)
            order by id limit ${batchSize} for update skip locked)
          update cart.carts cart set abandoned_version = version from idle where cart.id = idle.id
          returning cart.id, cart.token_hash is not null as is_guest, cart.updated_at, cart.lines_of(cart.id) as lines`.execute(
          tx,
        )
        await publish(
          tx,
          rows.map(({ id, is_guest, updated_at, lines }) =>
            cartAbandoned({
              cart_id: id,
              user_id: is_guest ? null : id,
              items: lines.map(({ variant_id, quantity }) => ({ variant_id, quantity })),
              idle_since: updated_at.toISOString(),
            }),
          ),
        )
        return rows.length
      })
  }
