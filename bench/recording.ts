import type { Statement } from '#platform/testing'
import { createdAtOf } from '#platform/values'

/** The statements of some work, and the ids and other texts in their parameters that must be new at every run. */
export type Recording = Readonly<{ statements: readonly Statement[]; fresh: readonly string[] }>

/** A parameter as the driver sends it. */
export function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (value instanceof Date) return value.toISOString()
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`
  if (Array.isArray(value))
    return `{${value.map((each) => (each === null ? 'NULL' : JSON.stringify(asText(each)))).join(',')}}`
  return typeof value === 'object' ? JSON.stringify(value) : `${value as string | number | boolean}`
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g

const textsOf = ({ values }: Statement): string[] => values.map((value) => asText(value) ?? '')

/** The ids in the parameters of `statements` that were made after `since`. */
export function idsMadeAfter(since: Date, statements: readonly Statement[]): readonly string[] {
  const ids = new Set(statements.flatMap(textsOf).flatMap((text) => text.match(uuid) ?? []))
  return [...ids].filter((id) => (createdAtOf(id)?.getTime() ?? 0) >= since.getTime())
}

/**
 * The transactions that have one of `ids` among their parameters, one after the other: the statements of concurrent
 * transactions were recorded in turns.
 */
export const transactionsWith = (ids: readonly string[], statements: readonly Statement[]): readonly Statement[] =>
  transactionsOf(statements)
    .filter((transaction) => transaction.flatMap(textsOf).some((text) => ids.some((id) => text.includes(id))))
    .flat()

function transactionsOf(statements: readonly Statement[]): Statement[][] {
  const transactions: Statement[][] = []
  const open = new Map<number, Statement[]>()
  for (const statement of statements) {
    const { text, connection } = statement
    const transaction = open.get(connection) ?? []
    if (transaction.length === 0) transactions.push(transaction)
    transaction.push(statement)
    if (text.startsWith('begin')) open.set(connection, transaction)
    if (text === 'commit' || text === 'rollback') open.delete(connection)
  }
  return transactions
}
