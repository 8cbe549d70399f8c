import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Locale } from '#platform/values'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { changedText } from '../../text.ts'
import type { AdminTag, ChangeTagBody } from '../schema.ts'
import { lockTag, updateTag } from '../store/tags.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type ChangeTagOutcome = Readonly<{ kind: 'changed'; tag: AdminTag }> | NotFound | Refused<'slug-taken'>
/** `locale` is the language of a text that is given in one. */
export type ChangeTag = (id: string, change: ChangeTagBody, locale: Locale) => Promise<ChangeTagOutcome>

export const changeTag =
  ({ db, catalogCache }: Needs): ChangeTag =>
  (id, { slug, name }, locale) =>
    transaction(
      db,
      async (tx): Promise<ChangeTagOutcome> => {
        const before = await lockTag(tx, id)
        if (!before) return notFound('tag')
        const tag = { id, slug: slug ?? before.slug, name: changedText(before.name, name, locale) }
        await updateTag(tx, tag)
        catalogCache.invalidateAll(tx)
        return { kind: 'changed', tag }
      },
      { conflicts: { tag_slug: 'slug-taken' } },
    )
