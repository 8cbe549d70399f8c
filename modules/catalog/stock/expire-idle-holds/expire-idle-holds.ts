import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { CatalogApi, IdleHold, IdleSince } from '../../api.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { endHolds } from '../store/hold-items.ts'
import { saveAvailability } from '../store/stock-levels.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

/** A new hold is idle by `held_at`. Every claim renews `expires_at`, so a claimed one is idle by that. */
const isIdle = ({ held_before, expires_before }: IdleSince) =>
  sql<boolean>`state = 'held' and held_at < ${held_before} and expires_at < ${expires_before}`

/** Reads a page along the index on `expires_at`. */
export const listIdleHolds =
  (db: CatalogDb): CatalogApi['listIdleHolds'] =>
  async (since, { after, limit }) => {
    const { expires_at, order_id } = after
    const { rows } = await sql<IdleHold>`
      select order_id, expires_at from catalog.holds
      where ${isIdle(since)} and (expires_at, order_id) > (${expires_at}::timestamptz, ${order_id}::uuid)
      order by expires_at, order_id limit ${limit}`.execute(db)
    return rows
  }

/** The condition of the update is that of the list: a hold that was claimed after it was listed stays. */
export const expireIdleHolds =
  ({ db, catalogCache }: Needs): CatalogApi['expireIdleHolds'] =>
  (order_ids, since) =>
    transaction(db, async (tx) => {
      const { rows } = await sql<{ order_id: string }>`
        update catalog.holds set state = 'expired', expires_at = null
        where order_id = any(array(
            select order_id from catalog.holds where order_id = any(${order_ids}::uuid[]) and ${isIdle(since)}
            order by order_id for update skip locked))
        returning order_id`.execute(tx)
      if (rows.length === 0) return []
      const changes = await endHolds(
        tx,
        rows.map(({ order_id }) => ({ order_id, movement: null })),
      )
      await publish(tx, await saveAvailability({ tx, catalogCache }, changes))
      return rows.map(({ order_id }) => order_id)
    })
