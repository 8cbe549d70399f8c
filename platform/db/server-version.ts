import { Client } from 'pg'

/** The oldest PostgreSQL that has everything that the statements use: `uuidv7()` and `returning old`. */
export const oldestMajor = 18

/** The version of a server that is too old, such as `15.6`; `undefined` for one that can run Posad. */
export function tooOld(version: string): string | undefined {
  return Number.parseInt(version, 10) < oldestMajor ? version.split(' ', 1)[0] : undefined
}

/** Asks the server for its version. The pool cannot: an old server refuses its connection options. */
export async function serverVersion(url: string): Promise<string> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000, query_timeout: 5000 })
  client.on('error', () => {}) // the running statement rejects with this error
  await client.connect()
  try {
    const { rows } = await client.query<{ server_version: string }>('show server_version')
    return rows[0]?.server_version ?? ''
  } finally {
    await client.end()
  }
}
