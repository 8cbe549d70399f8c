import { sql } from 'kysely'
import { coalesced } from '#platform/db'
import type { Localized } from '#platform/values'
import type { CatalogApi, Offer } from '../../api.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { titleOf } from '../../text.ts'

type Row = Omit<Offer, 'title'> & Readonly<{ name: Localized; variant_title: Localized }>

/** The active variants among `variant_ids`, with today's price. Concurrent requests share one statement. */
export const listOffers =
  (db: CatalogDb): CatalogApi['offersOf'] =>
  async (variant_ids, over) => {
    if (variant_ids.length === 0) return []
    return await (over?.isTransaction ? readOffers(over, variant_ids) : readOffersTogether(db, variant_ids))
  }

const readOffersTogether = coalesced<readonly string[], readonly Offer[]>(async (db, requests) => {
  const offers = await readOffers(db, requests.flat())
  return requests.map((request) => {
    const requested = new Set(request.map((variant_id) => variant_id.toLowerCase()))
    return offers.filter(({ variant_id }) => requested.has(variant_id))
  })
})

async function readOffers(db: CatalogDb, variant_ids: readonly string[]): Promise<readonly Offer[]> {
  const { rows } = await sql<Row>`
    select variant.id as variant_id, variant.product_id, product.slug, product.name, variant.title as variant_title, product.image, variant.price, variant.currency,
      variant.weight_grams, catalog.available(variant.id) as available
    from catalog.variants variant join catalog.products product on product.id = variant.product_id and product.is_active
    where variant.id = any(${variant_ids}::uuid[]) and variant.is_active`.execute(db)
  return rows.map(({ name, variant_title, ...row }) => ({ ...row, title: titleOf(name, variant_title) }))
}
