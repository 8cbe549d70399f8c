import { sql } from 'kysely'
import type { CatalogTx } from '../../store/tables.ts'

/** Adds tags to a product: one text for any number of tags. */
export async function insertProductTags(tx: CatalogTx, product_id: string, tag_ids: readonly string[]): Promise<void> {
  if (tag_ids.length === 0) return
  await sql`
    insert into catalog.product_tags (product_id, tag_id)
    select distinct ${product_id}::uuid, tag_id from unnest(${tag_ids}::uuid[]) as tag_id`.execute(tx)
}
