import { isAlive, type Embedded } from '#platform/db'
import { addressVariable, startTestPostgres } from './postgres.ts'
import { dropLeftovers } from './template.ts'

let server: Embedded | undefined

/** Starts one PostgreSQL for all test files: `node --test --test-global-setup=platform/testing/setup.ts`. */
export async function globalSetup(): Promise<void> {
  if (process.env[addressVariable]) return
  server = await startTestPostgres()
  process.env[addressVariable] = server.url('postgres')
  await dropLeftovers(server.url('postgres'), isAlive)
}

export async function globalTeardown(): Promise<void> {
  await server?.stop()
}
