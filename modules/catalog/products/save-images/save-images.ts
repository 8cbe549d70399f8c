import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { SavedImage } from '../schema.ts'

type Needs = Readonly<{ catalogCache: CatalogCache }>

/** The uploaded images of a product in their order. `revision` grows with each change. */
type Input = Readonly<{ product_id: string; revision: number; images: readonly SavedImage[] }>
export type SaveImages = (tx: AnyTx, input: Input) => Promise<void>

/**
 * Saves the images beside the product, so that no answer needs another query for them. Lists and carts show the first one in
 * place of the address that staff wrote; without images a product shows none of the deleted ones.
 */
export const saveImages =
  ({ catalogCache }: Needs): SaveImages =>
  async (tx, { product_id, revision, images }) => {
    const first = images[0]?.variants
    const shown = (first?.find(({ variant }) => variant === 'md') ?? first?.at(-1))?.url ?? null
    const { rows } = await sql`
      update catalog.products set images = ${JSON.stringify(images)}::jsonb, images_revision = ${revision},
        image = case
          when ${shown}::text is not null then ${shown}::text
          when jsonb_path_exists(images, '$[*].variants[*].url ? (@ == $shown)', jsonb_build_object('shown', image)) then null
          else image end
      where id = ${product_id} and images_revision < ${revision} returning id
    `.execute(tx)
    if (rows.length > 0) catalogCache.invalidateProducts(tx, [product_id])
  }
