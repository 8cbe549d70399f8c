import { test } from 'node:test'
import assert from 'node:assert/strict'
import { renameStatements, statementName } from './statement-name.ts'

test('a statement has one name on every connection, and another statement has another', () => {
  assert.equal(statementName('select 1'), statementName('select 1'))
  assert.notEqual(statementName('select 1'), statementName('select 2'))
  assert.ok((statementName('select 1') ?? '').length < 64) // PostgreSQL truncates longer names without an error
})

test('many different statements do not fill the memory of the connections', () => {
  const known = statementName('select 1')
  for (let i = 0; i < 1000; i++) statementName(`select ${i} as tea`)
  assert.equal(statementName('select 999 as tea'), undefined)
  assert.equal(statementName('select 1'), known)
})

test('after a rename every statement has a new name', () => {
  const before = statementName('select 1')
  renameStatements()
  assert.notEqual(statementName('select 1'), before)
})
