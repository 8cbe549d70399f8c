import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { startEmbedded, type Embedded } from '#platform/db'

/** The address of the test server, for the processes of a run. Set it by hand to test on another server. */
export const addressVariable = 'POSAD_TEST_DATABASE'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Starts the test server. Its data need not survive a crash, so no write waits for the disk. */
export const startTestPostgres = (): Promise<Embedded> =>
  startEmbedded({
    directory: join(root, '.posad/test'),
    settings: {
      fsync: 'off',
      full_page_writes: 'off',
      max_connections: 300,
      shared_buffers: '128MB',
      autovacuum_naptime: '10s',
    },
  })

/** The address of another database on the same server. */
export function siblingOf(url: string, database: string): string {
  const address = new URL(url)
  address.pathname = `/${database}`
  return address.href
}

/** Runs `work` on a new connection. */
export async function onConnection<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
