import { notFound, type NotFound } from '#platform/outcome'
import type { CatalogDb } from '../../store/tables.ts'
import type { AdminProduct } from '../schema.ts'
import { findAdminProducts } from '../store/admin-products.ts'

export type ShowAdminProduct = (id: string) => Promise<Readonly<{ kind: 'found'; product: AdminProduct }> | NotFound>

/** True for hidden and archived products too. */
export const hasProduct =
  (db: CatalogDb) =>
  async (id: string): Promise<boolean> => {
    const found = await db.selectFrom('catalog.products').select('id').where('id', '=', id).executeTakeFirst()
    return found !== undefined
  }

export const showAdminProduct =
  (db: CatalogDb): ShowAdminProduct =>
  async (id) => {
    const [product] = await findAdminProducts(db, [id])
    return product ? { kind: 'found', product } : notFound('product')
  }
