import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { bugs } from './bugs.ts'
import { plantIn } from './plant.ts'

const root = join(import.meta.dirname, '../..')
const textOf = (file: string) => readFileSync(join(root, file), 'utf8')

test('the text of every planted bug occurs once in its file (REL-6)', () => {
  const lost = bugs.flatMap(({ description, file, text }) => {
    if (!existsSync(join(root, file))) return [`${description}: there is no ${file}`]
    const count = textOf(file).split(text).length - 1
    return count === 1 ? [] : [`${description}: ${file} has its text ${count} times`]
  })
  assert.deepEqual(lost, [], 'give the bug the line that replaced it')
})

test('every planted bug changes its file and names an existing test (REL-6)', () => {
  for (const bug of bugs) {
    assert.notEqual(plantIn(textOf(bug.file), bug), textOf(bug.file), bug.description)
    assert.ok(existsSync(join(root, bug.caughtBy)), `${bug.description}: there is no ${bug.caughtBy}`)
  }
})

test('every planted bug breaks a requirement of the list (REL-6)', () => {
  const requirements = textOf('docs/requirements.md')
  const unknown = bugs.filter(({ requirement }) => !requirements.includes(`| ${requirement.replace('rule ', '')} `))
  assert.deepEqual(
    unknown.filter(({ requirement }) => !/^([AR]|F-)\d+$/.test(requirement)).map(({ requirement }) => requirement),
    [],
  )
})

test('every part has planted bugs, each with a description of its own (REL-6)', () => {
  assert.ok(bugs.length >= 90, `${bugs.length} bugs`)
  assert.equal(new Set(bugs.map(({ description }) => description)).size, bugs.length)
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
      `no bug in ${part}`,
    )
  }
})
