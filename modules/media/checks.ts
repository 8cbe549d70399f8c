import { sql } from 'kysely'
import type { Check } from '#platform/checks'
import { variantNames } from './schema.ts'
import type { MediaDb } from './store.ts'

/** The invariants of the images. */
export const mediaChecks = (db: MediaDb): readonly Check[] => [
  {
    name: 'media.processed-images-have-variants',
    description: 'A processed image has all of its variants, and no other image has all of them.',
    violations: async () => {
      const { rows } = await sql<{ id: string; status: string }>`
        select i.id, i.status from media.images i
        left join media.image_variants v on v.image_id = i.id
        group by i.id having (i.status = 'processed') <> (count(v.variant) = ${variantNames.length})
        limit 100
      `.execute(db)
      return rows
    },
  },
  {
    name: 'media.images-name-their-files',
    description: 'No file of an image is about to be deleted.',
    violations: async () => {
      const { rows } = await sql<{ storage_key: string }>`
        select u.storage_key from media.unreferenced_files u
        where exists (select from media.images i where i.original_key = u.storage_key)
          or exists (select from media.image_variants v where v.storage_key = u.storage_key)
        limit 100
      `.execute(db)
      return rows
    },
  },
]
