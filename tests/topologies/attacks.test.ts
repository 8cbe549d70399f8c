import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { minutes } from '#platform/values'

const root = join(import.meta.dirname, '../..')

/**
 * The attacks that need no other attacker than HTTP, through the gateway to a process of each service. They compare checksums of
 * all tables, so the services share one database. Schemathesis runs when SCHEMATHESIS names the program.
 */
const attacks = {
  'the two-user matrix (SEC-3)': { file: 'two-users', environment: {} },
  'the fuzzer (SEC-2)': { file: 'fuzz', environment: { FUZZ_RUNS: '2' } },
  'schemathesis (SEC-2)': { file: 'schemathesis', environment: { SCHEMATHESIS_EXAMPLES: '1' } },
}

/** The tests of how much the fuzzer covers, which needs more requests than this run sends. */
const coverage = 'at least once|nine of ten'

for (const [name, { file, environment }] of Object.entries(attacks)) {
  const skip = file === 'schemathesis' && !process.env['SCHEMATHESIS'] && 'SCHEMATHESIS is not set'
  test(`${name} finds no fault through the gateway (PLT-14, PLT-15)`, { skip, timeout: minutes(8) }, async (t) => {
    const options = ['--test', '--test-force-exit', `--test-skip-pattern=${coverage}`]
    const run = spawn(process.execPath, [...options, `tests/attacks/${file}.test.ts`], {
      cwd: root,
      // The runner of this file must not take the tests of the child for its own.
      env: { ...process.env, ...environment, NODE_TEST_CONTEXT: undefined, TOPOLOGY: 'shared' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [output, [code]] = await Promise.all([text(run.stdout), once(run, 'exit')])
    assert.equal(code, 0, output.slice(-8000))
    t.diagnostic(/[\d]+ requests/.exec(output)?.[0] ?? '')
  })
}
