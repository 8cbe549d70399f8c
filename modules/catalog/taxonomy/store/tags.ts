import type { CatalogTx } from '../../store/tables.ts'
import type { AdminTag } from '../schema.ts'

export const lockTag = (tx: CatalogTx, id: string): Promise<AdminTag | undefined> =>
  tx.selectFrom('catalog.tags').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export async function insertTag(tx: CatalogTx, tag: AdminTag): Promise<void> {
  await tx.insertInto('catalog.tags').values(columnsOf(tag)).execute()
}

export async function updateTag(tx: CatalogTx, tag: AdminTag): Promise<void> {
  await tx.updateTable('catalog.tags').set(columnsOf(tag)).where('id', '=', tag.id).execute()
}

const columnsOf = ({ name, ...tag }: AdminTag) => ({ ...tag, name: JSON.stringify(name) })
