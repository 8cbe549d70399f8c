import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { newId, type Clock } from '#platform/values'
import { linesOf } from '../../csv-lines.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb, CatalogTx } from '../../store/tables.ts'
import { columns, readLine, type LineError, type ReadReview } from './review-line.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock; catalogCache: CatalogCache }>

type ImportSummary = { lines: number; created: number; changed: number; unchanged: number; failed: number }
type ImportOutcome = ImportSummary & { errors: LineError[] }

/** Throws `UnreadableFile`. */
export type ImportReviews = (file: NodeJS.ReadableStream) => Promise<ImportOutcome>

/** Lines that are written in one transaction. */
const batchSize = 200
const maxErrors = 100

/**
 * Reads a file of reviews line by line. A line is the review of its platform with its `external_id`: a second import changes
 * nothing, and a wrong line stops no other.
 */
export const importReviews =
  (needs: Needs): ImportReviews =>
  async (file) => {
    const summary: ImportSummary = { lines: 0, created: 0, changed: 0, unchanged: 0, failed: 0 }
    const errors: LineError[] = []
    const seen = new Set<string>()
    for await (const lines of linesOf(file, { columns, batchSize })) {
      const read = lines.map(readLine).map((one) => ('reason' in one ? one : refuseTwice(one, seen)))
      const found = await withProducts(needs.db, read.filter((one) => !('reason' in one)) as ReadReview[])
      const wrong = [...read, ...found].filter((one): one is LineError => 'reason' in one)
      const { created, changed, unchanged } = await save(needs, found.filter((one) => !('reason' in one)) as Row[])
      summary.lines += lines.length
      summary.failed += wrong.length
      summary.created += created
      summary.changed += changed
      summary.unchanged += unchanged
      errors.push(...wrong.slice(0, maxErrors - errors.length))
      // A batch of wrong lines waits for no database: other requests would wait for the whole file.
      await nextTurn()
    }
    return { ...summary, errors }
  }

/** One statement cannot change a review twice. */
function refuseTwice(read: ReadReview, seen: Set<string>): ReadReview | LineError {
  const key = `${read.platform} ${read.external_id}`
  if (seen.has(key)) return { line: read.line, column: 'external_id', reason: 'review-twice' }
  seen.add(key)
  return read
}

type Row = ReadReview & Readonly<{ product_id: string | null }>

/** Replaces the slug of a product by its id. */
async function withProducts(db: CatalogDb, reviews: readonly ReadReview[]): Promise<(Row | LineError)[]> {
  const slugs = reviews.flatMap(({ product }) => product ?? [])
  const products =
    slugs.length === 0
      ? []
      : await db.selectFrom('catalog.products').select(['id', 'slug']).where('slug', 'in', slugs).execute()
  const ids = new Map(products.map(({ id, slug }) => [slug, id]))
  return reviews.map((review) => {
    if (review.product === undefined) return { ...review, product_id: null }
    const product_id = ids.get(review.product)
    return product_id === undefined
      ? { line: review.line, column: 'product', reason: 'unknown-product' }
      : { ...review, product_id }
  })
}

type Saved = Readonly<{ created: number; changed: number; unchanged: number }>

async function save({ db, now, catalogCache }: Needs, rows: readonly Row[]): Promise<Saved> {
  if (rows.length === 0) return { created: 0, changed: 0, unchanged: 0 }
  return await transaction(db, async (tx) => {
    const saved = await upsert(tx, rows, now())
    catalogCache.invalidateProducts(
      tx,
      saved.flatMap(({ product_id }) => product_id ?? []),
    )
    const created = saved.filter(({ is_new }) => is_new).length
    return { created, changed: saved.length - created, unchanged: rows.length - saved.length }
  })
}

/** Returns the reviews that are new or have changed. */
async function upsert(tx: CatalogTx, rows: readonly Row[], now: Date) {
  const reviews = rows.map((row) => ({ ...row, id: newId() }))
  const { rows: saved } = await sql<{ product_id: string | null; is_new: boolean }>`
    insert into catalog.reviews as review
      (id, product_id, platform, external_id, author, rating, text, url, reviewed_at, status, created_at, updated_at)
    select id, product_id, platform, external_id, author, rating, coalesce(text, ''), url, reviewed_at, 'published', ${now}, ${now}
    from jsonb_to_recordset(${JSON.stringify(reviews)}::jsonb) as line(id uuid, product_id uuid, platform text,
      external_id text, author text, rating smallint, text text, url text, reviewed_at timestamptz)
    on conflict (platform, external_id) do update
      set product_id = excluded.product_id, author = excluded.author, rating = excluded.rating, text = excluded.text,
        url = excluded.url, reviewed_at = excluded.reviewed_at, version = review.version + 1, updated_at = ${now}
      where (review.product_id, review.author, review.rating, review.text, review.url, review.reviewed_at)
        is distinct from (excluded.product_id, excluded.author, excluded.rating, excluded.text, excluded.url, excluded.reviewed_at)
    returning review.product_id, review.version = 1 as is_new
  `.execute(tx)
  return saved
}
