import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import { newId, type Locale } from '#platform/values'
import { slugOf } from '../../slug.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import { lockKey } from '../../store/lock-key.ts'
import type { CatalogDb, CatalogTx } from '../../store/tables.ts'
import { changedText, inBoth, isSameText } from '../../text.ts'
import type { AdminTag, ChangeTagBody, CreateTagBody } from '../schema.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type SavedTag = Readonly<{ kind: 'saved'; tag: AdminTag }>

export type SaveTagOutcome = SavedTag | NotFound | Refused<'slug-taken' | 'id-taken'>

export type DeleteTagOutcome = Readonly<{ kind: 'deleted' }> | NotFound

export type CreateTag = (body: CreateTagBody, storeResponse: StoreResponse<SavedTag>) => Promise<SaveTagOutcome>

/** `locale` is the language of a text that is given in one. */
export type ChangeTag = (id: string, change: ChangeTagBody, locale: Locale) => Promise<SaveTagOutcome>

export type DeleteTag = (id: string) => Promise<DeleteTagOutcome>

const conflicts = { tag_slug: 'slug-taken', tags_pkey: 'id-taken' } as const

/** Idempotent by id: a repeated request returns the tag that the first one created. */
export const createTag =
  ({ db, catalogCache }: Needs): CreateTag =>
  (input, storeResponse) => {
    const name = inBoth(input.name)
    const id = input.id ?? newId()
    const tag = { id, slug: input.slug ?? (slugOf(name.ru) || slugOf(name.en) || `tag-${id.slice(-8)}`), name }
    return transaction(
      db,
      async (tx): Promise<SaveTagOutcome> => {
        await lockKey(tx, id)
        const existing = await lockTag(tx, id)
        if (existing) {
          const isSame = existing.slug === tag.slug && isSameText(existing.name, name)
          return isSame ? { kind: 'saved', tag: existing } : { kind: 'refused', reason: 'id-taken' }
        }
        await tx
          .insertInto('catalog.tags')
          .values({ ...tag, name: JSON.stringify(name) })
          .execute()
        catalogCache.invalidateAll(tx)
        const outcome = { kind: 'saved', tag } as const
        await storeResponse(tx, outcome)
        return outcome
      },
      { conflicts },
    )
  }

export const changeTag =
  ({ db, catalogCache }: Needs): ChangeTag =>
  (id, change, locale) =>
    transaction(
      db,
      async (tx): Promise<SaveTagOutcome> => {
        const before = await lockTag(tx, id)
        if (!before) return notFound('tag')
        const tag = { id, slug: change.slug ?? before.slug, name: changedText(before.name, change.name, locale) }
        await tx
          .updateTable('catalog.tags')
          .set({ slug: tag.slug, name: JSON.stringify(tag.name) })
          .where('id', '=', id)
          .execute()
        catalogCache.invalidateAll(tx)
        return { kind: 'saved', tag }
      },
      { conflicts },
    )

export const deleteTag =
  ({ db, catalogCache }: Needs): DeleteTag =>
  (id) =>
    transaction(db, async (tx): Promise<DeleteTagOutcome> => {
      const { numDeletedRows } = await tx.deleteFrom('catalog.tags').where('id', '=', id).executeTakeFirst()
      if (numDeletedRows === 0n) return notFound('tag')
      catalogCache.invalidateAll(tx)
      return { kind: 'deleted' }
    })

const lockTag = (tx: CatalogTx, id: string): Promise<AdminTag | undefined> =>
  tx.selectFrom('catalog.tags').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
