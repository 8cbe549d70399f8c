import { sql } from 'kysely'
import type { CatalogTx } from './tables.ts'

/**
 * Waits for other transactions that lock `key`, and holds the lock until this one ends: two concurrent requests to create
 * one thing then see each other's rows.
 */
export const lockKey = (tx: CatalogTx, key: string) =>
  sql`select pg_advisory_xact_lock(hashtextextended(${`catalog:${key.toLowerCase()}`}, 0))`.execute(tx)
