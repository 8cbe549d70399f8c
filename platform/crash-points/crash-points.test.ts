import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { crashPoints, declaredCrashPoints } from './index.ts'

/** Runs a process that passes three crash points, twice, and prints each passed point. */
function run(crashAt: string | undefined) {
  const program = `
    import { crashPoints } from '#platform/crash-points'
    import { writeSync } from 'node:fs'
    const garden = crashPoints('garden', ['after-pick', 'before-dry'])
    const kitchen = crashPoints('kitchen', ['after-pick'])
    for (const [name, mark] of [['garden', garden], ['kitchen', kitchen], ['garden', garden], ['kitchen', kitchen]]) {
      mark('after-pick')
      writeSync(1, name + ' ')
    }`
  const { CRASH_AT: _, ...env } = process.env
  const { stdout, signal, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
    env: { ...env, ...(crashAt !== undefined && { CRASH_AT: crashAt }) },
    encoding: 'utf8',
  })
  return { passed: stdout.trim(), signal, status }
}

test('a process dies at the named crash point of the named part (REL-6)', () => {
  assert.deepEqual(run('kitchen.after-pick'), { passed: 'garden', signal: 'SIGKILL', status: null })
})

test('a process dies when it reaches the point for the given time (REL-6)', () => {
  assert.deepEqual(run('garden.after-pick:2'), { passed: 'garden kitchen', signal: 'SIGKILL', status: null })
})

test('a process without a crash point, or with one that it does not pass, runs to its end', () => {
  for (const crashAt of [undefined, '', 'garden.before-dry', 'garden.after-pick:3', 'after-pick'])
    assert.deepEqual(
      run(crashAt),
      { passed: 'garden kitchen garden kitchen', signal: null, status: 0 },
      crashAt ?? 'unset',
    )
})

test('the declared points are listed with their parts', () => {
  crashPoints('roof', ['before-rain', 'after-rain'])
  assert.deepEqual(
    declaredCrashPoints().filter((point) => point.startsWith('roof.')),
    ['roof.after-rain', 'roof.before-rain'],
  )
})
