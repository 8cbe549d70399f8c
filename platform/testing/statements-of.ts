import { Client, type QueryConfig } from 'pg'

/** A statement as the driver receives it. Statements with the same `connection` ran on the same connection. */
export type Statement = Readonly<{ text: string; values: readonly unknown[]; connection: number }>

/**
 * Runs `work` and returns every statement that the connections of this process receive meanwhile, without the choices of how
 * a session plans: which connection serves a request decides whether it needs one.
 */
export async function statementsOf(work: () => Promise<void>): Promise<readonly Statement[]> {
  const statements: Statement[] = []
  const connections = new Map<Client, number>()
  // oxlint-disable-next-line unbound-method -- called with the client it was called on
  const original = Client.prototype.query
  Client.prototype.query = function query(this: Client, first: string | QueryConfig, ...rest: never[]) {
    const { text, values = [] } = typeof first === 'string' ? { text: first } : first
    const connection = connections.get(this) ?? connections.size
    connections.set(this, connection)
    if (!text.startsWith('set plan_cache_mode')) statements.push({ text, values, connection })
    return (original as (...all: unknown[]) => unknown).call(this, first, ...rest)
  } as typeof original
  try {
    await work()
  } finally {
    Client.prototype.query = original
  }
  return statements
}
