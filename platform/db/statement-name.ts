import { createHash } from 'node:crypto'

/** Prepared statements stay on a connection for its life; past this many different texts the rest goes unnamed. */
const mostNames = 400
const names = new Map<string, string>()
let generation = 0

/** A statement that starts with this comment is never prepared: the server plans it for its very parameters each time. */
const replanned = /^\s*\/\* replanned \*\//

/** The name under which `sql` is prepared on every connection, or undefined once too many texts have been seen. */
export function statementName(sql: string): string | undefined {
  const known = names.get(sql)
  if (known) return known
  if (names.size >= mostNames || replanned.test(sql)) return undefined
  const name = `${generation}.${createHash('sha1').update(sql).digest('base64url')}`
  names.set(sql, name)
  return name
}

/** True when a column was added or changed under a prepared statement (`select *` in a rolling migration). */
export const isOutdatedPlan = (error: unknown): boolean =>
  error instanceof Error && error.message === 'cached plan must not change result type'

/** Gives all statements new names, so that every connection prepares them afresh. */
export function renameStatements(): void {
  generation++
  names.clear()
}
