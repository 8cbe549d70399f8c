import { isAlive, type Embedded } from '#platform/db'
import { addressVariable, startTestPostgres } from './postgres.ts'
import { sweep } from './template.ts'

let server: Embedded | undefined

/** For `node --test --test-global-setup=platform/testing/setup.ts`: one PostgreSQL for all test files of the run. */
export async function globalSetup(): Promise<void> {
  if (process.env[addressVariable]) return
  server = await startTestPostgres()
  process.env[addressVariable] = server.url('postgres')
  await sweep(server.url('postgres'), isAlive)
}

export async function globalTeardown(): Promise<void> {
  await server?.stop()
}
