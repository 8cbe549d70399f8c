import type { Kysely, Transaction } from 'kysely'
import type { AlertTables } from '../alerts/store/tables.ts'
import type { ProductTables } from '../products/store/tables.ts'
import type { ReviewTables } from '../reviews/store/tables.ts'
import type { SearchTables } from '../search/store/tables.ts'
import type { StockTables } from '../stock/store/tables.ts'
import type { TaxonomyTables } from '../taxonomy/store/tables.ts'

type CatalogTables = AlertTables & ProductTables & ReviewTables & SearchTables & StockTables & TaxonomyTables

export type CatalogDb = Kysely<CatalogTables>

export type CatalogTx = Transaction<CatalogTables>
