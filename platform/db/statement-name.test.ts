import { beforeEach, test } from 'node:test'
import assert from 'node:assert/strict'
import { renameStatements, statementName } from './statement-name.ts'

/** Uses `sql` so often that it gets a name before a text of the tests above. */
function nameAfter(uses: number, sql: string): string | undefined {
  for (let i = 1; i < uses; i++) statementName(sql)
  return statementName(sql)
}

beforeEach(() => nameAfter(1024, 'select 1'))

test('a statement has one name on every connection, and another statement has another', () => {
  assert.equal(statementName('select 1'), statementName('select 1'))
  assert.notEqual(statementName('select 1'), nameAfter(2, 'select 2'))
  assert.ok((statementName('select 1') ?? '').length < 64) // PostgreSQL truncates longer names without an error
})

test('a text gets a name at its second use (PERF-3)', () => {
  assert.equal(statementName('select once'), undefined)
  assert.notEqual(statementName('select once'), undefined)
})

test('a statement that is planned for its parameters is never prepared (PERF-3)', () => {
  assert.equal(nameAfter(10, '/* replanned */ select 1'), undefined)
})

test('texts that come once take no name, however many they are (PERF-3, SEC-1)', () => {
  for (let i = 0; i < 5000; i++) assert.equal(statementName(`select ${i} as tea`), undefined)
  assert.notEqual(nameAfter(2, 'select the tea of every day'), undefined)
})

test('texts that a client repeats fill the names, and a statement that is used more often gets one (PERF-3, SEC-1)', () => {
  const known = statementName('select 1')
  for (const _ of [1, 2]) for (let i = 0; i < 900; i++) statementName(`select ${i} as flower`)
  assert.equal(statementName('select 1'), known, 'a text with many uses keeps its name')
  assert.equal(nameAfter(2, 'select the order'), undefined, 'all names are taken')
  assert.notEqual(nameAfter(16, 'select the order'), undefined)
  const names = Array.from({ length: 900 }, (_, i) => statementName(`select ${i} as flower`))
  assert.ok(names.filter((name) => name !== undefined).length < 400)
})

test('after a rename every statement has a new name', () => {
  const before = statementName('select 1')
  renameStatements()
  assert.notEqual(statementName('select 1'), undefined)
  assert.notEqual(statementName('select 1'), before)
})
