import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { CatalogTx } from '../../store/tables.ts'

/** The accounts `from` and `into` were merged, or are two again. */
type Merge = Readonly<{ from: string; into: string }>
export type MoveAlerts = Readonly<Record<'merge' | 'revert', (tx: CatalogTx, merge: Merge) => Promise<void>>>

/** Gives the subscriptions of a merged account to the survivor, or gives those back that still wait. */
export const moveAlerts: MoveAlerts = {
  merge: async (tx, { from, into }) => {
    await sql`
      insert into catalog.alert_owners (user_id, link_token, locale)
      select ${into}, ${randomBytes(32).toString('base64url')}, locale from catalog.alert_owners where user_id = ${from}
      on conflict (user_id) do nothing`.execute(tx)
    await sql`
      with moved as (delete from catalog.alerts where user_id = ${from} returning *)
      insert into catalog.alerts (user_id, variant_id, kind, price, merged_from, created_at)
      select ${into}, variant_id, kind, price, ${from}, created_at from moved on conflict do nothing`.execute(tx)
  },
  revert: async (tx, { from, into }) => {
    await sql`
      with moved as (delete from catalog.alerts where user_id = ${into} and merged_from = ${from} returning *)
      insert into catalog.alerts (user_id, variant_id, kind, price, created_at)
      select ${from}, variant_id, kind, price, created_at from moved on conflict do nothing`.execute(tx)
  },
}
