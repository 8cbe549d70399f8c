import type { RawBuilder } from 'kysely'
import type { Check } from '#platform/checks'
import type { Db } from '#platform/db'
import type { ModuleName } from '../services/services.ts'

/** An invariant over the tables of several modules. `apps` may join them, because it owns the whole shop. */
export type CrossCheck = Readonly<{
  name: string
  description: string
  /** The modules whose tables it reads, in this order: it runs where all of them are. */
  modules: readonly ModuleName[]
  violations: RawBuilder<object>
}>

/** Reads one snapshot: an order that is saved while the check runs must not look like a row without its order. */
export const crossCheck = (db: Db, { name, description, violations }: CrossCheck): Check => ({
  name: `shop.${name}`,
  description,
  violations: async () =>
    await db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(async (tx) => (await violations.execute(tx)).rows),
})
