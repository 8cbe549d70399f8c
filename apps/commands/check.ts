import { checksOf } from '../checks.ts'
import type { App } from '../app.ts'
import { print, withApp } from './with-app.ts'

/** `posad check`: runs every invariant; false when one is broken. */
export const check = async (options: { json?: boolean }): Promise<boolean> =>
  await withApp(async (app) => await report(app, options))

/** Prints which invariants of a house hold, and the rows that break the others; false when one is broken. */
export async function report(app: Pick<App, 'db' | 'modules'>, { json }: { json?: boolean }): Promise<boolean> {
  const checks = []
  for (const { name, description, violations } of checksOf(app))
    checks.push({ name, description, violations: await violations() })
  const broken = checks.filter(({ violations }) => violations.length > 0)
  const ok = broken.length === 0
  if (json) {
    print({ ok, checks }, { json })
    return ok
  }
  for (const { name, description, violations } of checks) {
    process.stdout.write(`${violations.length === 0 ? '✔' : '✖'} ${name.padEnd(42)} ${description}\n`)
    for (const row of violations.slice(0, 10)) process.stdout.write(`    ${JSON.stringify(row)}\n`)
  }
  process.stdout.write(
    ok ? `${checks.length} invariants hold\n` : `${broken.length} of ${checks.length} invariants are broken\n`,
  )
  return ok
}
