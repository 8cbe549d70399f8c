import type { Kysely } from 'kysely'
import type { Shelf } from './shelf.ts'
import type { CatalogTables } from './tables.ts'

type Needs = Readonly<{ db: Kysely<CatalogTables>; shelf: Shelf }>

/** A type by its plural. */
export const typeOf = ({ db, shelf }: Needs, plural: string): Promise<string | undefined> =>
  shelf.idOf(`type:${plural}`, async () => {
    const type = await db.selectFrom('catalog.types').select('code').where('plural', '=', plural).executeTakeFirst()
    return type?.code
  })
