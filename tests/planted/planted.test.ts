import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { bugs } from './bugs.ts'
import { plantIn } from './plant.ts'

const root = join(import.meta.dirname, '../..')
const textOf = (file: string) => readFileSync(join(root, file), 'utf8')

test('the text of every planted bug occurs once in its file (REL-6)', () => {
  const lost = bugs.flatMap(({ what, file, ...bug }) => {
    if (!existsSync(join(root, file))) return [`${what}: there is no ${file}`]
    const found = textOf(file).split(bug.text).length - 1
    return found === 1 ? [] : [`${what}: ${file} has its text ${found} times`]
  })
  assert.deepEqual(lost, [], 'give the bug the line that replaced it')
})

test('every planted bug changes its file and names an existing test (REL-6)', () => {
  for (const bug of bugs) {
    assert.notEqual(plantIn(textOf(bug.file), bug), textOf(bug.file), bug.what)
    assert.ok(existsSync(join(root, bug.caughtBy)), `${bug.what}: there is no ${bug.caughtBy}`)
  }
})

test('every part has planted bugs, each with a description of its own (REL-6)', () => {
  assert.ok(bugs.length >= 40, `${bugs.length} bugs`)
  assert.equal(new Set(bugs.map(({ what }) => what)).size, bugs.length)
  for (const part of [
    'payments',
    'catalog',
    'ordering',
    'cart',
    'delivery',
    'identity',
    'events',
    'saga',
    'http',
    'db',
  ]) {
    assert.ok(
      bugs.some(({ file }) => file.split('/')[1] === part),
      `none in ${part}`,
    )
  }
})
