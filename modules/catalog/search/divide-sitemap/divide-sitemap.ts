import { sql } from 'kysely'
import type { CatalogDb } from '../../store/tables.ts'
import { productsOfFullFile } from '../sitemap.ts'

export type DivideSitemap = (signal: AbortSignal) => Promise<void>

/**
 * Begins the next file of the sitemap for as long as the last one is full. Files that are full keep their products, so that a
 * run reads only what is new. Of two runs at once one inserts the file, and the other ends.
 */
export const divideSitemap =
  (db: CatalogDb): DivideSitemap =>
  async (signal) => {
    while (!signal.aborted) {
      const { numAffectedRows = 0n } = await sql`
        insert into catalog.sitemap_files (number, first_created_at, first_id)
        select last.number + 1, first.created_at, first.id
        from (select * from catalog.sitemap_files order by number desc limit 1) last
        cross join lateral (
          select product.created_at, product.id from catalog.products product
          where (product.created_at, product.id) >= (last.first_created_at, last.first_id)
          order by product.created_at, product.id offset ${productsOfFullFile} limit 1) first
        on conflict do nothing`.execute(db)
      if (numAffectedRows === 0n) return
    }
  }
