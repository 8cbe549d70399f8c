import { test } from 'node:test'
import assert from 'node:assert/strict'
import { renameStatements, statementName } from './statement-name.ts'

test('a statement has one name wherever it is prepared, and another has another', () => {
  assert.equal(statementName('select 1'), statementName('select 1'))
  assert.notEqual(statementName('select 1'), statementName('select 2'))
  assert.ok((statementName('select 1') ?? '').length < 64) // PostgreSQL cuts longer names, silently
})

test('a flood of different statements does not fill the memory of the connections', () => {
  const known = statementName('select 1')
  for (let i = 0; i < 1000; i++) statementName(`select ${i} as flood`)
  assert.equal(statementName('select 999 as flood'), undefined)
  assert.equal(statementName('select 1'), known)
})

test('after a rename every statement has a name no connection knows', () => {
  const before = statementName('select 1')
  renameStatements()
  assert.notEqual(statementName('select 1'), before)
})
