import { Client, type Pool } from 'pg'

/*
 * While the server waits for the client to take the result (ClientWrite), it no longer executes. A server that does not
 * track the state of its connections gets the benefit of the doubt.
 */
const executing = `
  select exists (select from pg_stat_activity where pid = $1
    and state in ('active', 'disabled') and wait_event is distinct from 'ClientWrite') as executing`

/**
 * Asks over a new connection whether the server executes a statement of the connection `pid`. The connections of the pool
 * may hang for the same reason as that one. Undefined when the server does not answer within `timeout` milliseconds.
 */
export async function isExecuting(pool: Pool, pid: number, timeout: number): Promise<boolean | undefined> {
  const client = new Client({
    ...pool.options,
    application_name: 'posad log probe',
    connectionTimeoutMillis: timeout,
    query_timeout: timeout,
  })
  // The error also rejects `connect` or `query`; without a listener it would end the process.
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ executing: boolean }>(executing, [pid])
    return rows[0]?.executing
  } catch {
    return undefined
  } finally {
    client.connection.stream.destroy()
  }
}
