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
        select image.id, image.status from media.images image
        left join media.image_variants variant on variant.image_id = image.id
        group by image.id having (image.status = 'processed') <> (count(variant.variant) = ${variantNames.length})
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
        select unreferenced.storage_key from media.unreferenced_files unreferenced
        where exists (select from media.images image where image.original_key = unreferenced.storage_key)
          or exists (select from media.image_variants variant where variant.storage_key = unreferenced.storage_key)
        limit 100
      `.execute(db)
      return rows
    },
  },
]
