import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import { newId, type Locale } from '#platform/values'
import { slugOf } from '../../slug.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { changedText, inBoth, isSameText, noText } from '../../text.ts'
import type { AdminCategory, ChangeCategoryBody, CreateCategoryBody } from '../schema.ts'
import { depthOf, findCategory, isBelow, lockTree } from './category-tree.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type SavedCategory = Readonly<{ kind: 'saved'; category: AdminCategory }>

export type SaveCategoryOutcome =
  | SavedCategory
  | NotFound
  | Refused<'slug-taken' | 'id-taken' | 'unknown-category' | 'below-itself' | 'too-deep'>

export type DeleteCategoryOutcome = Readonly<{ kind: 'deleted' }> | NotFound | Refused<'not-empty'>

export type CreateCategory = (
  body: CreateCategoryBody,
  storeResponse: StoreResponse<SavedCategory>,
) => Promise<SaveCategoryOutcome>

/** `locale` is the language of a text that is given in one. */
export type ChangeCategory = (id: string, change: ChangeCategoryBody, locale: Locale) => Promise<SaveCategoryOutcome>

export type DeleteCategory = (id: string) => Promise<DeleteCategoryOutcome>

const conflicts = {
  category_slug: 'slug-taken',
  categories_pkey: 'id-taken',
  categories_parent_id_fkey: 'unknown-category',
  categories_check: 'below-itself',
} as const

/** Buyers do not find products in deeper categories. */
export const maxDepth = 8

/** Idempotent by id: a repeated request returns the category that the first one created. */
export const createCategory =
  ({ db, catalogCache }: Needs): CreateCategory =>
  (input, storeResponse) =>
    transaction(
      db,
      async (tx): Promise<SaveCategoryOutcome> => {
        await lockTree(tx)
        const category = categoryOf(input)
        const existing = input.id && (await findCategory(tx, input.id))
        if (existing) {
          const isSame = existing.slug === category.slug && isSameText(existing.name, category.name)
          return isSame ? { kind: 'saved', category: existing } : { kind: 'refused', reason: 'id-taken' }
        }
        await tx.insertInto('catalog.categories').values(rowOf(category)).execute()
        if ((await depthOf(tx, category.id)) > maxDepth) return { kind: 'refused', reason: 'too-deep' }
        catalogCache.invalidateAll(tx)
        const outcome = { kind: 'saved', category } as const
        await storeResponse(tx, outcome)
        return outcome
      },
      { conflicts },
    )

export const changeCategory =
  ({ db, catalogCache }: Needs): ChangeCategory =>
  (id, change, locale) =>
    transaction(
      db,
      async (tx): Promise<SaveCategoryOutcome> => {
        await lockTree(tx)
        const before = await findCategory(tx, id)
        if (!before) return notFound('category')
        const category = {
          ...before,
          ...change,
          name: changedText(before.name, change.name, locale),
          description: changedText(before.description, change.description, locale),
        }
        if (await isBelow(tx, category.parent_id, id)) return { kind: 'refused', reason: 'below-itself' }
        await tx.updateTable('catalog.categories').set(rowOf(category)).where('id', '=', id).execute()
        if ((await depthOf(tx, id)) > maxDepth) return { kind: 'refused', reason: 'too-deep' }
        catalogCache.invalidateAll(tx)
        return { kind: 'saved', category }
      },
      { conflicts },
    )

export const deleteCategory =
  ({ db, catalogCache }: Needs): DeleteCategory =>
  (id) =>
    transaction(
      db,
      async (tx): Promise<DeleteCategoryOutcome> => {
        const { numDeletedRows } = await tx.deleteFrom('catalog.categories').where('id', '=', id).executeTakeFirst()
        if (numDeletedRows === 0n) return notFound('category')
        catalogCache.invalidateAll(tx)
        return { kind: 'deleted' }
      },
      { conflicts: { categories_parent_id_fkey: 'not-empty', products_category_id_fkey: 'not-empty' } },
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

const rowOf = ({ name, description, ...category }: AdminCategory) => ({
  ...category,
  name: JSON.stringify(name),
  description: JSON.stringify(description),
})
