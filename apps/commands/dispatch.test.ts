import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'posad-plan-'))
after(() => rmSync(folder, { recursive: true }))

const instance = `2 5 1
0 0 0 0 0 1000 0 0 0
1 10 0 5 0 1000 1 0 2
2 20 0 -5 0 1000 1 1 0
3 12 0 5 0 1000 1 0 4
4 30 0 -5 0 1000 1 3 0
`

const fileWith = (text: string): string => {
  const file = join(folder, 'instance.txt')
  writeFileSync(file, text)
  return file
}

/** Runs the command in an empty folder, without settings and without a database. */
const posad = async (...args: readonly string[]): Promise<Readonly<{ code: number; out: string; err: string }>> =>
  await new Promise((resolve) => {
    const argv = [join(root, 'apps/cli.ts'), 'dispatch', 'plan', ...args]
    execFile(process.execPath, argv, { cwd: folder }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    )
  })

test('the planner prints its plan as JSON and nothing else (DSP-11)', async () => {
  const { code, out, err } = await posad('--pdptw', fileWith(instance), '--iterations', '50', '--seed', '3', '--json')
  assert.equal(err, '')
  assert.equal(code, 0)
  assert.equal(out, '{"vehicles":1,"distance":76,"routes":[[1,2,3,4]]}\n')
})

test('the planner prints its plan for people (DSP-11)', async () => {
  const { out } = await posad('--pdptw', fileWith(instance), '--seconds', '0.2')
  assert.equal(out, '1 vehicle, distance 76\n  1: 1 2 3 4\n')
})

test('the planner refuses a file that is not there, or no instance, in one line (DSP-11)', async () => {
  const missing = await posad('--pdptw', join(folder, 'missing.txt'))
  assert.deepEqual([missing.code, missing.out], [1, ''])
  assert.match(missing.err, /^posad: There is no file .*missing\.txt\n$/)
  const wrong = await posad('--pdptw', fileWith('tea and flowers'))
  assert.deepEqual([wrong.code, wrong.out], [1, ''])
  assert.match(wrong.err, /^posad: .* is no instance in the format of Li and Lim: line 1: vehicles is "tea"/)
  const directory = await posad('--pdptw', folder)
  assert.match(directory.err, /is not a file\n$/)
})

test('the planner refuses an instance without a plan and names the tasks (DSP-11)', async () => {
  const late = instance.replace('4 30 0 -5 0 1000', '4 30 0 -5 0 20')
  const { code, out, err } = await posad('--pdptw', fileWith(late), '--iterations', '50')
  assert.deepEqual([code, out], [1, ''])
  assert.match(err, /^posad: No plan was found .* with 2 vehicles: without one are 3\n$/)
})

test('the planner refuses options that are no numbers (DSP-11)', async () => {
  const file = fileWith(instance)
  const wrong = [
    ['--seed', 'x'],
    ['--seed', '-1'],
    ['--seconds', '0'],
    ['--iterations', '1.5'],
    ['--iterations', ''],
  ] as const
  const answers = await Promise.all(wrong.map((option) => posad('--pdptw', file, ...option)))
  for (const [index, { code, err }] of answers.entries()) {
    const [option, value] = wrong[index]!
    assert.equal(code, 2, `${option} ${value}`)
    assert.match(err, new RegExp(`^posad: ${option} is "${value}": expected`))
  }
  const without = await posad()
  assert.equal(without.code, 2)
  assert.match(without.err, /required option '--pdptw <file>'/)
})
