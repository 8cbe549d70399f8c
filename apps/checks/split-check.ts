import type { Check } from '#platform/checks'
import type { Db } from '#platform/db'
import type { ModuleName } from '../services/services.ts'
import type { CrossCheck } from './cross-check.ts'

type Places = Readonly<{
  /** Any database: it compiles the query. */
  db: Db
  /** The address of the database that has a module. */
  urlOf: (module: ModuleName) => string
}>

/** An invariant over modules in several databases. */
export const splitCheck = ({ name, description, modules, violations }: CrossCheck, { db, urlOf }: Places): Check => ({
  name: `shop.${name}`,
  description,
  violations: async () => {
    // Only this check needs the library that copies tables.
    const { queryAcross } = await import('#platform/backup')
    const { sql: query } = violations.compile(db)
    const [home] = modules.map(urlOf)
    if (home === undefined) throw new Error(`The check ${name} names no module`)
    const foreign = modules
      .filter((module) => urlOf(module) !== home)
      .flatMap((schema) => tablesIn(query, schema).map((table) => ({ url: urlOf(schema), schema, table })))
    return await queryAcross({ home, foreign, query })
  },
})

/** The tables of a module that a query names: `ordering.orders`. */
const tablesIn = (query: string, module: string): readonly string[] => [
  ...new Set(Array.from(query.matchAll(new RegExp(`\\b${module}\\.(\\w+)`, 'g')), ([, table = '']) => table)),
]
