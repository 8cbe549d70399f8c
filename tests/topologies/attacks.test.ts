import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { minutes } from '#platform/values'

const root = join(import.meta.dirname, '../..')

/**
 * The attacks that need no other attacker than HTTP, through the gateway to each service. They compare checksums of all tables,
 * so the services share one database. `npm run attacks:services` runs them for longer, and schemathesis too.
 */
const attacks = {
  'the two-user matrix (SEC-3)': { file: 'two-users', environment: {} },
  'the matrix of routes and callers (SEC-3)': { file: 'access-matrix', environment: {} },
  'the fuzzer (SEC-2)': { file: 'fuzz', environment: {} },
}

for (const [name, { file, environment }] of Object.entries(attacks)) {
  test(`${name} finds no fault through the gateway (PLT-14, PLT-15)`, { timeout: minutes(8) }, async (t) => {
    const run = spawn(process.execPath, ['--test', '--test-force-exit', `tests/attacks/${file}.test.ts`], {
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
