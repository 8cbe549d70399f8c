import { sql } from 'kysely'
import { notFound, type NotFound } from '#platform/outcome'
import type { CatalogDb } from '../../store/tables.ts'
import type { SitemapFile } from '../schema.ts'
import { maxProductsOfFile } from '../sitemap.ts'

export type CountSitemapFiles = () => Promise<number>

/** The number of files: they are numbered from 1. */
export const countSitemapFiles =
  (db: CatalogDb): CountSitemapFiles =>
  async () => {
    const { number } = await db
      .selectFrom('catalog.sitemap_files')
      .select('number')
      .orderBy('number', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow()
    return number
  }

export type ShowSitemapFile = (number: number) => Promise<SitemapFile | NotFound>

/** The products on sale in one file. It reads a bounded part of an index, however many products the shop has. */
export const showSitemapFile =
  (db: CatalogDb): ShowSitemapFile =>
  async (number) => {
    const { rows } = await sql<SitemapFile>`
      select array(
        select product.slug from (
          select product.id, product.slug, product.is_active, product.created_at from catalog.products product
          where (product.created_at, product.id) >= (file.first_created_at, file.first_id)
            and (product.created_at, product.id) < (coalesce(next.first_created_at, 'infinity'), coalesce(next.first_id, file.first_id))
          order by product.created_at, product.id limit ${maxProductsOfFile}) product
        where product.is_active and exists (select from catalog.listings listing where listing.product_id = product.id)
        order by product.created_at, product.id) as slugs
      from catalog.sitemap_files file left join catalog.sitemap_files next on next.number = file.number + 1
      where file.number = ${number}`.execute(db)
    return rows[0] ?? notFound('sitemap file')
  }
