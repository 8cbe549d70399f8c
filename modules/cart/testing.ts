import { sql } from 'kysely'
import type { CatalogApi } from '#catalog'
import type { Db } from '#platform/db'
import { newId } from '#platform/values'

type Tea = Readonly<{ variants?: number; price?: number; available?: number | null }>

/** A product with active variants as catalog keeps them, written in plain SQL; returns their ids. */
export async function sellTea(db: Db, { variants = 1, price = 50_000, available = 10 }: Tea = {}): Promise<string[]> {
  const text = (words: string) => JSON.stringify({ ru: words, en: words })
  const product_id = newId()
  await sql`
    insert into catalog.types (code, plural, name) values ('tea', 'teas', ${text('Tea')}) on conflict do nothing
  `.execute(db)
  await sql`
    insert into catalog.products (id, type_code, slug, name, description, is_active, created_at, updated_at)
    values (${product_id}, 'tea', ${`tea-${product_id}`}, ${text('Da Hong Pao')}, ${text('')}, true, now(), now())
  `.execute(db)
  const ids = Array.from({ length: variants }, newId)
  for (const [position, id] of ids.entries()) {
    await sql`
      insert into catalog.variants (id, product_id, kind, sku, title, price, currency, weight_grams, is_active, position)
      values (${id}, ${product_id}, 'plain', ${id}, ${text('100 g')}, ${price}, 'RUB', 100, true, ${position})
    `.execute(db)
    await sql`
      insert into catalog.stock (variant_id, on_hand, policy)
      values (${id}, ${available ?? 0}, ${available === null ? 'untracked' : 'track'})
    `.execute(db)
  }
  return ids
}

/** Catalog's answer about what {@link sellTea} sells, today. */
export const offersFrom = (db: Db): Pick<CatalogApi, 'offersOf'> => ({
  offersOf: async (variant_ids) => {
    const { rows } = await sql<Awaited<ReturnType<CatalogApi['offersOf']>>[number]>`
      select variants.id as variant_id, product_id, slug, title, image, price, currency, weight_grams,
             case when policy = 'track' then on_hand - reserved end as available
      from catalog.variants join catalog.products on products.id = product_id join catalog.stock on variant_id = variants.id
      where variants.is_active and variants.id = any(${variant_ids})
    `.execute(db)
    return rows
  },
})
