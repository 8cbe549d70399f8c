import { createHash } from 'node:crypto'

/** Prepared statements stay on a connection for its life; past this many different texts the rest goes unnamed. */
const mostNames = 400
const names = new Map<string, string>()

/** The name under which `sql` is prepared on every connection, or undefined once too many texts have been seen. */
export function statementName(sql: string): string | undefined {
  const known = names.get(sql)
  if (known) return known
  if (names.size >= mostNames) return undefined
  const name = createHash('sha1').update(sql).digest('base64url')
  names.set(sql, name)
  return name
}
