import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '../..')
const page = 'docs/requirements.md'
const requirement = /\b(?:ID|CAT|CART|ORD|PAY|DLV|DSP|MED|SUP|PLT|WEB|PERF|REL|SEC)-\d+\b/g

test('every requirement that the repository names has one line in docs/requirements.md, and no other has', () => {
  const files = execFileSync('git', ['ls-files', '*.ts', '*.md', '*.sql'], { cwd: root, encoding: 'utf8' })
  const used = new Set<string>()
  for (const file of files.trim().split('\n')) {
    if (file === page) continue
    for (const [id] of readFileSync(join(root, file), 'utf8').matchAll(requirement)) used.add(id)
  }
  const explained = [...readFileSync(join(root, page), 'utf8').matchAll(/^\| ([A-Z]+-\d+) +\|/gm)].map(
    ([, id = '']) => id,
  )
  assert.deepEqual(explained.toSorted(), [...used].toSorted())
})

test('a requirement that is marked _later_ has no tests', () => {
  const rows = readFileSync(join(root, page), 'utf8').matchAll(/^\| ([A-Z]+-\d+) +\| _later_: .*\| (.*?) *\|$/gm)
  assert.deepEqual(
    Array.from(rows).flatMap(([, id = '', tests]) => (tests === '' ? [] : [id])),
    [],
  )
})
