import { transaction } from '#platform/db'
import type { Refused, StoreResponse } from '#platform/outcome'
import { newId } from '#platform/values'
import { slugOf } from '../../slug.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import { lockKey } from '../../store/lock-key.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { inBoth, isSameText } from '../../text.ts'
import type { AdminTag, CreateTagBody } from '../schema.ts'
import { insertTag, lockTag } from '../store/tags.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type CreatedTag = Readonly<{ kind: 'created'; tag: AdminTag }>
export type CreateTagOutcome = CreatedTag | Refused<'slug-taken' | 'id-taken'>
export type CreateTag = (body: CreateTagBody, storeResponse: StoreResponse<CreatedTag>) => Promise<CreateTagOutcome>

/** Idempotent by id: a repeated request returns the tag that the first one created. */
export const createTag =
  ({ db, catalogCache }: Needs): CreateTag =>
  (input, storeResponse) => {
    const tag = tagOf(input)
    return transaction(
      db,
      async (tx): Promise<CreateTagOutcome> => {
        await lockKey(tx, tag.id)
        const existing = await lockTag(tx, tag.id)
        if (existing) {
          const isSame = existing.slug === tag.slug && isSameText(existing.name, tag.name)
          return isSame ? { kind: 'created', tag: existing } : { kind: 'refused', reason: 'id-taken' }
        }
        await insertTag(tx, tag)
        catalogCache.invalidateAll(tx)
        const created = { kind: 'created', tag } as const
        await storeResponse(tx, created)
        return created
      },
      { conflicts: { tag_slug: 'slug-taken', tags_pkey: 'id-taken' } },
    )
  }

function tagOf({ id = newId(), slug, ...input }: CreateTagBody): AdminTag {
  const name = inBoth(input.name)
  return { id, slug: slug ?? (slugOf(name.ru) || slugOf(name.en) || `tag-${id.slice(-8)}`), name }
}
