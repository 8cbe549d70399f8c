import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tableOf } from './print.ts'

test('a table has aligned columns without frames: texts to the left, numbers to the right (PLT-6)', () => {
  const rows = [
    { group: 'cart', lag: 7, led: true, oldest: null },
    { group: 'ordering', lag: 1200, led: false, oldest: new Date(0) },
  ]
  assert.equal(
    tableOf(rows),
    [
      'group      lag  led    oldest',
      'cart         7  true   –',
      'ordering  1200  false  1970-01-01T00:00:00.000Z',
    ].join('\n'),
  )
})

test('a row without a field of another row has a dash there (PLT-6)', () => {
  assert.equal(tableOf([{ a: 1 }, { b: 'x' }]), 'a  b\n1  –\n–  x')
})
