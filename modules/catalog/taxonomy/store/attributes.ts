import type { CatalogTx } from '../../store/tables.ts'
import type { AdminAttribute } from '../schema.ts'

export const lockAttribute = (tx: CatalogTx, code: string): Promise<AdminAttribute | undefined> =>
  tx.selectFrom('catalog.attributes').selectAll().where('code', '=', code).forUpdate().executeTakeFirst()

export async function insertAttribute(tx: CatalogTx, attribute: AdminAttribute): Promise<void> {
  await tx.insertInto('catalog.attributes').values(columnsOf(attribute)).execute()
}

export async function updateAttribute(tx: CatalogTx, attribute: AdminAttribute): Promise<void> {
  await tx.updateTable('catalog.attributes').set(columnsOf(attribute)).where('code', '=', attribute.code).execute()
}

const columnsOf = ({ name, unit, values, ...attribute }: AdminAttribute) => ({
  ...attribute,
  name: JSON.stringify(name),
  unit: unit === null ? null : JSON.stringify(unit),
  values: JSON.stringify(values),
})
