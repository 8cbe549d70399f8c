import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Locale } from '#platform/values'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { changedText } from '../../text.ts'
import { maxDepth } from '../category.ts'
import type { AdminCategory, ChangeCategoryBody } from '../schema.ts'
import { depthOf, findCategory, isBelow, lockTree, updateCategory } from '../store/categories.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type ChangeCategoryOutcome =
  | Readonly<{ kind: 'changed'; category: AdminCategory }>
  | NotFound
  | Refused<'slug-taken' | 'unknown-category' | 'below-itself' | 'too-deep'>
/** `locale` is the language of a text that is given in one. */
export type ChangeCategory = (id: string, change: ChangeCategoryBody, locale: Locale) => Promise<ChangeCategoryOutcome>

const conflicts = {
  category_slug: 'slug-taken',
  categories_parent_id_fkey: 'unknown-category',
  categories_check: 'below-itself',
} as const

export const changeCategory =
  ({ db, catalogCache }: Needs): ChangeCategory =>
  (id, change, locale) =>
    transaction(
      db,
      async (tx): Promise<ChangeCategoryOutcome> => {
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
        await updateCategory(tx, category)
        if ((await depthOf(tx, id)) > maxDepth) return { kind: 'refused', reason: 'too-deep' }
        catalogCache.invalidateAll(tx)
        return { kind: 'changed', category }
      },
      { conflicts },
    )
