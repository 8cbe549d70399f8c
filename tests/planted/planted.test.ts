import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { bugs } from './bugs.ts'
import { plantIn } from './plant.ts'

const app = join(import.meta.dirname, '../..')
const textOf = (file: string) => readFileSync(join(app, file), 'utf8')

test('every planted bug still finds its line, once: the list does not rot (REL-6)', () => {
  const lost = bugs.flatMap(({ what, file, ...bug }) => {
    if (!existsSync(join(app, file))) return [`${what}: there is no ${file}`]
    const found = textOf(file).split(bug.text).length - 1
    return found === 1 ? [] : [`${what}: ${file} has its text ${found} times`]
  })
  assert.deepEqual(lost, [], 'plant it in the line that took its place')
})

test('every planted bug changes something, and names a test that is there (REL-6)', () => {
  for (const bug of bugs) {
    assert.notEqual(plantIn(textOf(bug.file), bug), textOf(bug.file), bug.what)
    assert.ok(existsSync(join(app, bug.caughtBy)), `${bug.what}: there is no ${bug.caughtBy}`)
  }
})

test('there are planted bugs of every kind, each told once (REL-6)', () => {
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
