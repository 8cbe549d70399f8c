import { sql, type Kysely } from 'kysely'
import { transaction, type AnyTx } from '#platform/db'
import type { StoreResponse } from '#platform/outcome'
import { newId, type Localized } from '#platform/values'
import type { Shelf } from '../shelf.ts'
import { slugOf } from '../slug.ts'
import type { CatalogTables } from '../tables.ts'
import { orRefused } from '../taken.ts'
import { inBoth, isSameText, noText } from '../text.ts'

type Needs = Readonly<{ db: Kysely<CatalogTables>; shelf: Shelf }>

type Category = Readonly<{
  id: string
  parent_id: string | null
  slug: string
  name: Localized
  description: Localized
  image: string | null
  position: number
}>

type CategoryChange = Readonly<{
  parent_id?: string | null
  slug?: string
  name?: string | Localized
  description?: string | Localized
  image?: string | null
  position?: number
}>

type CategoryInput = CategoryChange & Readonly<{ id?: string; name: string | Localized }>

export type CategoryOutcome =
  | Readonly<{ kind: 'kept'; category: Category }>
  | Readonly<{ kind: 'removed' }>
  | Readonly<{ kind: 'absent' }>
  | Readonly<{
      kind: 'refused'
      reason: 'slug-taken' | 'id-taken' | 'unknown-category' | 'below-itself' | 'too-deep' | 'not-empty'
    }>

export type EditCategories = Readonly<{
  create: (input: CategoryInput, storeResponse: StoreResponse<CategoryOutcome>) => Promise<CategoryOutcome>
  change: (id: string, change: CategoryChange) => Promise<CategoryOutcome>
  remove: (id: string) => Promise<CategoryOutcome>
}>

const reasons = {
  category_slug: 'slug-taken',
  categories_pkey: 'id-taken',
  categories_parent_id_fkey: 'unknown-category',
  categories_check: 'below-itself',
} as const

/** A shop's shelves, not an archive: nobody finds anything deeper. */
const deepest = 8

export const editCategories = ({ db, shelf }: Needs): EditCategories => ({
  create: (input, storeResponse) =>
    orRefused(
      transaction(db, async (tx): Promise<CategoryOutcome> => {
        const category = categoryOf(input)
        const before = input.id && (await readCategory(tx, input.id))
        if (before)
          return before.slug === category.slug && isSameText(before.name, category.name)
            ? { kind: 'kept', category: before }
            : { kind: 'refused', reason: 'id-taken' }
        await lockTree(tx)
        await tx.insertInto('catalog.categories').values(toRow(category)).execute()
        if ((await depthOf(tx, category.id)) > deepest) throw new Refused('too-deep')
        shelf.changed(tx)
        const outcome = { kind: 'kept', category } as const
        await storeResponse(tx, outcome)
        return outcome
      }).catch(refusedBy),
      reasons,
    ),
  change: (id, change) =>
    orRefused(
      transaction(db, async (tx): Promise<CategoryOutcome> => {
        await lockTree(tx)
        const before = await readCategory(tx, id)
        if (!before) return { kind: 'absent' }
        const category = {
          ...before,
          ...change,
          name: inBoth(change.name ?? before.name),
          description: inBoth(change.description ?? before.description),
        }
        if (await isBelow(tx, category.parent_id, id)) return { kind: 'refused', reason: 'below-itself' }
        await tx.updateTable('catalog.categories').set(toRow(category)).where('id', '=', id).execute()
        if ((await depthOf(tx, id)) > deepest) throw new Refused('too-deep')
        shelf.changed(tx)
        return { kind: 'kept', category }
      }).catch(refusedBy),
      reasons,
    ),
  remove: (id) =>
    orRefused(
      transaction(db, async (tx): Promise<CategoryOutcome> => {
        const { numDeletedRows } = await tx.deleteFrom('catalog.categories').where('id', '=', id).executeTakeFirst()
        if (numDeletedRows === 0n) return { kind: 'absent' }
        shelf.changed(tx)
        return { kind: 'removed' }
      }),
      { categories_parent_id_fkey: 'not-empty', products_category_id_fkey: 'not-empty' },
    ),
})

/** Rolls the transaction back. */
class Refused extends Error {
  readonly reason: 'too-deep'
  constructor(reason: 'too-deep') {
    super(reason)
    this.reason = reason
  }
}

function refusedBy(error: unknown): CategoryOutcome {
  if (error instanceof Refused) return { kind: 'refused', reason: error.reason }
  throw error
}

function categoryOf(input: CategoryInput): Category {
  const name = inBoth(input.name)
  const id = input.id ?? newId()
  return {
    id,
    parent_id: input.parent_id ?? null,
    slug: input.slug ?? (slugOf(name.ru) || slugOf(name.en) || `category-${id.slice(-8)}`),
    name,
    description: inBoth(input.description ?? noText),
    image: input.image ?? null,
    position: input.position ?? 0,
  }
}

const toRow = ({ name, description, ...category }: Category) => ({
  ...category,
  name: JSON.stringify(name),
  description: JSON.stringify(description),
})

const readCategory = (db: Kysely<CatalogTables>, id: string): Promise<Category | undefined> =>
  db.selectFrom('catalog.categories').selectAll().where('id', '=', id).executeTakeFirst()

/** Two moves at once could otherwise hang each below the other. */
const lockTree = (tx: AnyTx) => sql`select pg_advisory_xact_lock(hashtext('catalog.categories'))`.execute(tx)

async function isBelow(tx: AnyTx, id: string | null, above: string): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    with recursive up as (
      select id, parent_id from catalog.categories where id = ${id}
      union select c.id, c.parent_id from catalog.categories c join up on c.id = up.parent_id
    ) select id from up where id = ${above}`.execute(tx)
  return rows.length > 0
}

/** How many levels a category's branch has, from the root to its deepest leaf. */
async function depthOf(tx: AnyTx, id: string): Promise<number> {
  const { rows } = await sql<{ depth: number }>`
    with recursive up as (
      select id, parent_id from catalog.categories where id = ${id}
      union select c.id, c.parent_id from catalog.categories c join up on c.id = up.parent_id
    ), down as (
      select ${id}::uuid as id, (select count(*) from up)::int as depth
      union all select c.id, depth + 1 from catalog.categories c join down on c.parent_id = down.id
    ) select max(depth)::int as depth from down`.execute(tx)
  return rows[0]?.depth ?? 0
}
