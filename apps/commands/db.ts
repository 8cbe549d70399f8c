import { spawnSync } from 'node:child_process'
import { findInstance } from '#platform/db'
import type { App } from '../app.ts'
import { printLine } from '../terminal/print.ts'
import { Refusal } from '../terminal/refusal.ts'
import { withApp } from './with-app.ts'

/** `posad db`: opens psql on the database of the shop. `--url`, or a system without psql: prints the address instead. */
export const db = async ({ url = false }: { url?: boolean }): Promise<void> =>
  await withApp((app) => (url || !openPsql(app.url) ? printUrl(app) : Promise.resolve()), { schema: 'any' })

/** Returns false when there is no psql. The password is in its environment, because any user can list arguments. */
function openPsql(url: string): boolean {
  const address = new URL(url)
  const password = decodeURIComponent(address.password)
  address.password = ''
  const environment = { ...process.env, ...(password && { PGPASSWORD: password }) }
  const { status, error } = spawnSync('psql', [address.href], { stdio: 'inherit', env: environment })
  if (error && 'code' in error && error.code === 'ENOENT') return false
  process.exitCode = status ?? 1
  return true
}

async function printUrl({ config: { app, database }, url }: App): Promise<void> {
  if (database.kind === 'embedded' && !findInstance(app.directory))
    throw new Refusal('The embedded database runs only while a program uses it: start the shop first, or install psql')
  printLine(url)
}
