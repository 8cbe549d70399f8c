import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'

/** A prepared statement stays on its connection until the connection closes, so only this many texts have a name at once. */
const maxNames = 400
/** A text gets a name at its second use: a text that never comes again needs none. */
const usesForName = 2

type Named = { name: string; uses: number }

const named = new Map<string, Named>()
/** The uses of texts without a name. Bounded in texts and in characters, because clients may cause many of them. */
const unnamed = new LRUCache<string, number>({
  max: 1000,
  maxSize: 4_000_000,
  sizeCalculation: (_uses, sql) => Math.max(1, sql.length),
})
let generation = 0

/** PostgreSQL plans a statement that starts with this comment for its parameters each time: it is never prepared. */
const replanned = /^\s*\/\* replanned \*\//

/**
 * The name under which every connection prepares `sql`; undefined when it is not prepared. The most used texts have names.
 * A text takes the name of another only after twice as many uses, so many different texts displace few names.
 */
export function statementName(sql: string): string | undefined {
  const known = named.get(sql)
  if (known) {
    known.uses++
    return known.name
  }
  if (replanned.test(sql)) return undefined
  const uses = (unnamed.get(sql) ?? 0) + 1
  unnamed.set(sql, uses)
  if (uses < usesForName || (named.size >= maxNames && !takesPlace(uses))) return undefined
  unnamed.delete(sql)
  const name = nameOf(sql)
  named.set(sql, { name, uses })
  return name
}

/** Removes the least used name when a text with `uses` uses deserves it. Looks at powers of two only, because it scans all. */
function takesPlace(uses: number): boolean {
  if ((uses & (uses - 1)) !== 0) return false
  const [sql, least] = [...named].reduce((one, other) => (other[1].uses < one[1].uses ? other : one))
  if (least.uses * 2 > uses) return false
  named.delete(sql)
  unnamed.set(sql, least.uses)
  return true
}

const nameOf = (sql: string): string => `${generation}.${createHash('sha1').update(sql).digest('base64url')}`

/** True when a migration changed the columns of a prepared statement, such as `select *`. */
export const isOutdatedPlan = (error: unknown): boolean =>
  error instanceof Error && error.message === 'cached plan must not change result type'

/** Gives all statements new names, so that every connection prepares them again. */
export function renameStatements(): void {
  generation++
  for (const [sql, each] of named) each.name = nameOf(sql)
}
