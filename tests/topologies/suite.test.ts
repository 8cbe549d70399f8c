import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { minutes } from '#platform/values'

const root = join(import.meta.dirname, '../..')
const files = ['purchase', 'unhappy', 'streams', 'tracing', 'audit', 'upgrade'].map(
  (name) => `tests/e2e/${name}.test.ts`,
)

/** The broker, the variable that names its server, and the processes of each service. */
const topologies = [
  ['rabbitmq', 'RABBITMQ_URL', 1],
  ['rabbitmq', 'RABBITMQ_URL', 2],
  ['kafka', 'KAFKA_BOOTSTRAP_SERVERS', 1],
  ['kafka', 'KAFKA_BOOTSTRAP_SERVERS', 2],
] as const

for (const [topology, variable, copies] of topologies) {
  const isThere = Boolean(process.env[variable])
  const skip = isThere ? false : `${variable} is not set: scripts/services.sh up ${topology} starts a server`
  const name = `the purchases pass with a database for each service over ${topology}, ${copies} of each (PLT-14)`
  test(name, { skip, timeout: minutes(10) }, () => runIn({ TOPOLOGY: topology, COPIES: String(copies) }))
}

test('the purchases pass in two processes of one start (PLT-14, PLT-24)', { timeout: minutes(5) }, () =>
  runIn({ TOPOLOGY: 'processes', COPIES: '2' }, files.slice(0, 1)),
)

async function runIn(environment: NodeJS.ProcessEnv, tests: readonly string[] = files): Promise<void> {
  const run = spawn(process.execPath, ['--test', '--test-force-exit', '--test-concurrency=1', ...tests], {
    cwd: root,
    // The runner of this file must not take the tests of the child for its own.
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [output, [code]] = await Promise.all([text(run.stdout), once(run, 'exit')])
  assert.equal(code, 0, output.slice(-8000))
}
