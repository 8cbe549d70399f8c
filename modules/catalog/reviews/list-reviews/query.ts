import { countRows, timeCursor, byTime } from '#platform/db'
import { notFound, pageOf, type ItemPage, type NotFound, type Window } from '#platform/outcome'
import { isId } from '#platform/values'
import type { CatalogDb } from '../../store/tables.ts'
import type { ReviewStatus, ReviewSummary } from '../schema.ts'
import type { Review } from '../store/tables.ts'
import { summaryOf, type ReviewTotal } from '../summary.ts'

/** The totals of all reviews have this scope. */
const wholeShop = '00000000-0000-0000-0000-000000000000'

type PublicFilter = Readonly<{ platform?: string | undefined; window: Window }>
type Listed = ItemPage<Review> & Readonly<{ summary: ReviewSummary; kind?: never }>

export type ListReviews = (filter: PublicFilter) => Promise<Listed>
export type ListProductReviews = (idOrSlug: string, filter: PublicFilter) => Promise<Listed | NotFound>

/** The published reviews of the shop and of all products, newest first. The totals say how many there are. */
export const listReviews =
  (db: CatalogDb): ListReviews =>
  (filter) =>
    listIn(db, undefined, filter)

/** The published reviews of a product on sale. */
export const listProductReviews =
  (db: CatalogDb): ListProductReviews =>
  async (idOrSlug, filter) => {
    const product = await db
      .selectFrom('catalog.products')
      .select('id')
      .where(isId(idOrSlug) ? 'id' : 'slug', '=', idOrSlug)
      .where('is_active', '=', true)
      .executeTakeFirst()
    return product ? await listIn(db, product.id, filter) : notFound('product')
  }

/** Keyset by (reviewed_at, id). */
async function listIn(
  db: CatalogDb,
  product_id: string | undefined,
  { platform, window }: PublicFilter,
): Promise<Listed> {
  const [items, totals] = await Promise.all([
    db
      .selectFrom('catalog.reviews')
      .selectAll()
      .where('status', '=', 'published')
      .$if(product_id !== undefined, (query) => query.where('product_id', '=', product_id!))
      .$if(platform !== undefined, (query) => query.where('platform', '=', platform!))
      .$call(byTime(window, { by: 'reviewed_at' }))
      .execute(),
    listTotals(db, product_id ?? wholeShop),
  ])
  const summary = summaryOf(totals)
  const total = platform === undefined ? summary.count : (totals.find((one) => one.platform === platform)?.count ?? 0)
  const cursorOf = ({ reviewed_at, id }: Review) => [reviewed_at.toISOString(), id]
  return { ...pageOf({ items, total, window, cursorOf }), summary }
}

const listTotals = (db: CatalogDb, scope: string): Promise<readonly ReviewTotal[]> =>
  db
    .selectFrom('catalog.review_totals')
    .select(['platform', 'count', 'rating_sum'])
    .where('scope', '=', scope)
    .orderBy('platform')
    .execute()

type AdminFilter = PublicFilter & Readonly<{ status?: ReviewStatus | undefined; product_id?: string | undefined }>
export type ListAdminReviews = (filter: AdminFilter) => Promise<ItemPage<Review>>
export type ShowReview = (id: string) => Promise<Readonly<{ kind: 'found'; review: Review }> | NotFound>

/** Every review, the one that was added last first; keyset by (created_at, id). */
export const listAdminReviews =
  (db: CatalogDb): ListAdminReviews =>
  async ({ platform, status, product_id, window }) => {
    const matching = db
      .selectFrom('catalog.reviews')
      .$if(platform !== undefined, (query) => query.where('platform', '=', platform!))
      .$if(status !== undefined, (query) => query.where('status', '=', status!))
      .$if(product_id !== undefined, (query) => query.where('product_id', '=', product_id!))
    const [items, counted] = await Promise.all([
      matching.selectAll().$call(byTime(window)).execute(),
      countRows(db, matching),
    ])
    return pageOf({ items, counted, window, cursorOf: timeCursor })
  }

export const showReview =
  (db: CatalogDb): ShowReview =>
  async (id) => {
    const review = await db.selectFrom('catalog.reviews').selectAll().where('id', '=', id).executeTakeFirst()
    return review ? { kind: 'found', review } : notFound('review')
  }
