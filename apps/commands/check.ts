import type { App } from '../app.ts'
import { checksOf } from '../checks.ts'
import { print, printLine } from '../print.ts'
import { withApp } from './with-app.ts'

/** `posad check`: runs every invariant; returns false when one is broken. */
export const check = async (options: { json?: boolean }): Promise<boolean> =>
  await withApp(async (app) => await report(app, options))

/** Prints which invariants hold, and up to ten rows that break each of the others. Returns false when one is broken. */
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
    printLine(`${violations.length === 0 ? '✔' : '✖'} ${name.padEnd(42)} ${description}`)
    for (const row of violations.slice(0, 10)) printLine(`    ${JSON.stringify(row)}`)
  }
  printLine(
    ok
      ? `${checks.length} invariants hold`
      : `${broken.length} of ${checks.length} invariants ${broken.length === 1 ? 'is' : 'are'} broken`,
  )
  return ok
}
