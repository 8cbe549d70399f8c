import assert from 'node:assert/strict'
import type { Check, CheckOptions } from '#platform/checks'

type Checked = Readonly<{ checks?: readonly Check[] }>

/** The rows that break an invariant of a module. */
export const violationsOf = async ({ checks = [] }: Checked): Promise<readonly object[]> =>
  (await Promise.all(checks.map((check) => check.violations()))).flat()

/** Fails with the name of the first invariant of a module that stored rows break. */
export async function assertNoViolations({ checks = [] }: Checked, options?: CheckOptions): Promise<void> {
  for (const check of checks) assert.deepEqual(await check.violations(options), [], check.name)
}
