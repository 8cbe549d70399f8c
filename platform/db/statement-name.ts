import { createHash } from 'node:crypto'

/** A prepared statement stays on its connection until it closes, so only this many different texts get a name. */
const maxNames = 400
const names = new Map<string, string>()
let generation = 0

/** PostgreSQL plans a statement that starts with this comment for its parameters each time: it is never prepared. */
const replanned = /^\s*\/\* replanned \*\//

/** The name under which every connection prepares `sql`; undefined when it is not prepared. */
export function statementName(sql: string): string | undefined {
  const known = names.get(sql)
  if (known) return known
  if (names.size >= maxNames || replanned.test(sql)) return undefined
  const name = `${generation}.${createHash('sha1').update(sql).digest('base64url')}`
  names.set(sql, name)
  return name
}

/** True when a migration changed the columns of a prepared statement, such as `select *`. */
export const isOutdatedPlan = (error: unknown): boolean =>
  error instanceof Error && error.message === 'cached plan must not change result type'

/** Gives all statements new names, so that every connection prepares them again. */
export function renameStatements(): void {
  generation++
  names.clear()
}
