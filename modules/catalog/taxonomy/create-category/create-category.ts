import { transaction } from '#platform/db'
import type { Refused, StoreResponse } from '#platform/outcome'
import { newId } from '#platform/values'
import { slugOf } from '../../slug.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { inBoth, isSameText, noText } from '../../text.ts'
import { maxDepth } from '../category.ts'
import type { AdminCategory, CreateCategoryBody } from '../schema.ts'
import { depthOf, findCategory, insertCategory, lockTree } from '../store/categories.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type CreatedCategory = Readonly<{ kind: 'created'; category: AdminCategory }>
export type CreateCategoryOutcome =
  | CreatedCategory
  | Refused<'slug-taken' | 'id-taken' | 'unknown-category' | 'below-itself' | 'too-deep'>
export type CreateCategory = (
  body: CreateCategoryBody,
  storeResponse: StoreResponse<CreatedCategory>,
) => Promise<CreateCategoryOutcome>

const conflicts = {
  category_slug: 'slug-taken',
  categories_pkey: 'id-taken',
  categories_parent_id_fkey: 'unknown-category',
  categories_check: 'below-itself',
} as const

/** Idempotent by id: a repeated request returns the category that the first one created. */
export const createCategory =
  ({ db, catalogCache }: Needs): CreateCategory =>
  (input, storeResponse) =>
    transaction(
      db,
      async (tx): Promise<CreateCategoryOutcome> => {
        await lockTree(tx)
        const category = categoryOf(input)
        const existing = input.id && (await findCategory(tx, input.id))
        if (existing) {
          const isSame = existing.slug === category.slug && isSameText(existing.name, category.name)
          return isSame ? { kind: 'created', category: existing } : { kind: 'refused', reason: 'id-taken' }
        }
        await insertCategory(tx, category)
        if ((await depthOf(tx, category.id)) > maxDepth) return { kind: 'refused', reason: 'too-deep' }
        catalogCache.invalidateAll(tx)
        const created = { kind: 'created', category } as const
        await storeResponse(tx, created)
        return created
      },
      { conflicts },
    )

function categoryOf(input: CreateCategoryBody): AdminCategory {
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
