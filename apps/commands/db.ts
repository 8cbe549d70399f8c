import { spawnSync } from 'node:child_process'
import { findInstance } from '#platform/db'
import type { App } from '../app.ts'
import { printAs, type Format } from '../terminal/print.ts'
import { Refusal } from '../terminal/refusal.ts'
import { withApp } from './with-app.ts'

/** `posad db`: opens psql on the database of the shop. `--url`, or a system without psql: prints the address instead. */
export const db = async ({ url = false, ...format }: Format & { url?: boolean }): Promise<void> =>
  await withApp(
    async (app) => {
      if (url) return printUrl(app, 'or let `posad db` open psql', format)
      if (!openPsql(app.url)) printUrl(app, 'or install psql', format)
    },
    { schema: 'any' },
  )

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

/** The embedded database of a stopped shop ends with this command, and its address with it: `otherwise` says what helps. */
function printUrl({ config: { app, database }, url }: App, otherwise: string, format: Format): void {
  if (database.kind === 'embedded' && !findInstance(app.directory))
    throw new Refusal(`The embedded database has an address only while the shop runs: start the shop, ${otherwise}`)
  printAs(format, { url }, url)
}
