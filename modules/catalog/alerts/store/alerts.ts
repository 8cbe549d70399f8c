import { sql } from 'kysely'
import type { CatalogTx } from '../../store/tables.ts'
import type { AlertKind } from '../schema.ts'
import type { Alert } from './tables.ts'

export type AlertKey = Readonly<{ user_id: string; variant_id: string; kind: AlertKind }>

export const findAlert = (tx: CatalogTx, { user_id, variant_id, kind }: AlertKey): Promise<Alert | undefined> =>
  tx
    .selectFrom('catalog.alerts')
    .selectAll()
    .where('user_id', '=', user_id)
    .where('variant_id', '=', variant_id)
    .where('kind', '=', kind)
    .executeTakeFirst()

export async function countAlerts(tx: CatalogTx, user_id: string): Promise<number> {
  const { count } = await tx
    .selectFrom('catalog.alerts')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('user_id', '=', user_id)
    .executeTakeFirstOrThrow()
  return count
}

/** Finds a variant on sale, and locks it against deletion. */
export async function lockVariantOnSale(tx: CatalogTx, variant_id: string) {
  const { rows } = await sql<{ price: number; is_available: boolean }>`
    select variant.price, coalesce(catalog.available(variant.id), 1) > 0 as is_available
    from catalog.variants variant join catalog.products product on product.id = variant.product_id
    where variant.id = ${variant_id} and variant.is_active and product.is_active for key share of variant
  `.execute(tx)
  return rows[0]
}

export const insertAlert = (tx: CatalogTx, alert: Omit<Alert, 'merged_from'>): Promise<Alert> =>
  tx
    .insertInto('catalog.alerts')
    .values({ ...alert, merged_from: null })
    .returningAll()
    .executeTakeFirstOrThrow()
