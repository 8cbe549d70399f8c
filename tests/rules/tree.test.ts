import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '../..')
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)) && !file.startsWith('tests/rules/fixtures/'))
const sources = files.filter((file) => !file.endsWith('.test.ts') && !file.startsWith('tests/'))

test('no file or folder has a banned name', () => {
  const banned = /^(managers?|helpers?|utils?|common|base|impl|data|info|dto|misc|shared)$/i
  const found = files.filter((file) =>
    file
      .replace(/\.ts$/, '')
      .split('/')
      .some((part) => banned.test(part)),
  )
  assert.deepEqual(found, [])
})

test('files are short: half of them a screen, nine in ten under 200 lines', () => {
  const lengths = sources
    .map((file) => readFileSync(join(root, file), 'utf8').split('\n').length)
    .toSorted((one, other) => one - other)
  const at = (share: number) => lengths[Math.floor((lengths.length - 1) * share)] ?? 0
  assert.ok(at(0.5) <= 60, `median ${at(0.5)}`)
  assert.ok(at(0.9) <= 200, `90 % ${at(0.9)}`)
})

test('a slice has at most five files beside its tests', () => {
  const slices = Map.groupBy(
    sources.filter((file) => /^modules\/[^/]+\/(?:[a-z]+\/)?[^/]+-[^/]+\/[^/]+\.ts$/.test(file)),
    (file) => file.slice(0, file.lastIndexOf('/')),
  )
  assert.deepEqual(
    [...slices].filter(([, inside]) => inside.length > 5).map(([slice]) => slice),
    [],
  )
})
