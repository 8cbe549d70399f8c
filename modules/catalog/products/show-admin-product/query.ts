import { notFound, type NotFound } from '#platform/outcome'
import type { CatalogDb } from '../../store/tables.ts'
import type { AdminProduct } from '../schema.ts'
import { findAdminProducts } from '../store/admin-products.ts'

export type ShowAdminProduct = (id: string) => Promise<Readonly<{ kind: 'found'; product: AdminProduct }> | NotFound>

export const showAdminProduct =
  (db: CatalogDb): ShowAdminProduct =>
  async (id) => {
    const [product] = await findAdminProducts(db, [id])
    return product ? { kind: 'found', product } : notFound('product')
  }
