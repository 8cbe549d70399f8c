import type { Kysely, Transaction } from 'kysely'
import type { ProductTables } from '../products/store/product-tables.ts'
import type { StockTables } from '../stock/store/stock-tables.ts'
import type { TaxonomyTables } from '../taxonomy/store/taxonomy-tables.ts'

type CatalogTables = ProductTables & StockTables & TaxonomyTables

export type CatalogDb = Kysely<CatalogTables>

export type CatalogTx = Transaction<CatalogTables>
