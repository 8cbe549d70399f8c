import { checksOf } from '../checks.ts'
import type { House } from '../house.ts'
import { print, withHouse } from './with-house.ts'

/** `posad check`: runs every invariant; false when one is broken. */
export const check = async (options: { json?: boolean }): Promise<boolean> =>
  await withHouse(async (house) => await report(house, options))

/** Prints which invariants of a house hold, and the rows that break the others; false when one is broken. */
export async function report(house: Pick<House, 'db' | 'modules'>, { json }: { json?: boolean }): Promise<boolean> {
  const checks = []
  for (const { name, describes, drift } of checksOf(house)) checks.push({ name, describes, drift: await drift() })
  const broken = checks.filter(({ drift }) => drift.length > 0)
  const ok = broken.length === 0
  if (json) {
    print({ ok, checks }, { json })
    return ok
  }
  for (const { name, describes, drift } of checks) {
    process.stdout.write(`${drift.length === 0 ? '✔' : '✖'} ${name.padEnd(42)} ${describes}\n`)
    for (const row of drift.slice(0, 10)) process.stdout.write(`    ${JSON.stringify(row)}\n`)
  }
  process.stdout.write(
    ok ? `${checks.length} invariants hold\n` : `${broken.length} of ${checks.length} invariants are broken\n`,
  )
  return ok
}
