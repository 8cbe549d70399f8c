import { Client } from 'pg'

/** A connection without the limits of requests: a large table takes minutes. It waits for a lock for ten seconds at most. */
export async function openClient(url: string): Promise<Client> {
  const client = new Client({
    connectionString: url,
    application_name: 'posad backup',
    connectionTimeoutMillis: 5000,
    keepAlive: true,
    options:
      '-c statement_timeout=0 -c lock_timeout=10s -c idle_in_transaction_session_timeout=0 -c transaction_timeout=0',
  })
  client.on('error', () => {}) // the running statement rejects with this error
  await client.connect()
  return client
}
