import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import type { StoreResponse } from '#platform/outcome'
import { newId, type Localized } from '#platform/values'
import type { Shelf } from '../shelf.ts'
import { slugOf } from '../slug.ts'
import type { CatalogTables } from '../tables.ts'
import { orRefused } from '../taken.ts'
import { inBoth, isSameText } from '../text.ts'

type Needs = Readonly<{ db: Kysely<CatalogTables>; shelf: Shelf }>

type Tag = Readonly<{ id: string; slug: string; name: Localized }>
type TagChange = Readonly<{ slug?: string; name?: string | Localized }>
type TagInput = Readonly<{ id?: string; slug?: string; name: string | Localized }>

export type TagOutcome =
  | Readonly<{ kind: 'kept'; tag: Tag }>
  | Readonly<{ kind: 'removed' }>
  | Readonly<{ kind: 'absent' }>
  | Readonly<{ kind: 'refused'; reason: 'slug-taken' | 'id-taken' }>

export type EditTags = Readonly<{
  create: (input: TagInput, storeResponse: StoreResponse<TagOutcome>) => Promise<TagOutcome>
  change: (id: string, change: TagChange) => Promise<TagOutcome>
  remove: (id: string) => Promise<TagOutcome>
}>

const reasons = { tag_slug: 'slug-taken', tags_pkey: 'id-taken' } as const

export const editTags = ({ db, shelf }: Needs): EditTags => ({
  create: (input, storeResponse) =>
    orRefused(
      transaction(db, async (tx): Promise<TagOutcome> => {
        const name = inBoth(input.name)
        const id = input.id ?? newId()
        const tag = { id, slug: input.slug ?? (slugOf(name.ru) || slugOf(name.en) || `tag-${id.slice(-8)}`), name }
        const before = await readTag(tx, id)
        if (before)
          return before.slug === tag.slug && isSameText(before.name, name)
            ? { kind: 'kept', tag: before }
            : { kind: 'refused', reason: 'id-taken' }
        await tx
          .insertInto('catalog.tags')
          .values({ ...tag, name: JSON.stringify(name) })
          .execute()
        shelf.changed(tx)
        const outcome = { kind: 'kept', tag } as const
        await storeResponse(tx, outcome)
        return outcome
      }),
      reasons,
    ),
  change: (id, { slug, name }) =>
    orRefused(
      transaction(db, async (tx): Promise<TagOutcome> => {
        const before = await readTag(tx, id)
        if (!before) return { kind: 'absent' }
        const tag = { id, slug: slug ?? before.slug, name: inBoth(name ?? before.name) }
        await tx
          .updateTable('catalog.tags')
          .set({ slug: tag.slug, name: JSON.stringify(tag.name) })
          .where('id', '=', id)
          .execute()
        shelf.changed(tx)
        return { kind: 'kept', tag }
      }),
      reasons,
    ),
  remove: (id) =>
    transaction(db, async (tx): Promise<TagOutcome> => {
      const { numDeletedRows } = await tx.deleteFrom('catalog.tags').where('id', '=', id).executeTakeFirst()
      if (numDeletedRows === 0n) return { kind: 'absent' }
      shelf.changed(tx)
      return { kind: 'removed' }
    }),
})

const readTag = (db: Kysely<CatalogTables>, id: string): Promise<Tag | undefined> =>
  db.selectFrom('catalog.tags').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
