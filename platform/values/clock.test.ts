import assert from 'node:assert/strict'
import { test } from 'node:test'
import { momentOf } from './clock.ts'

test('a moment from outside is one that every part of the shop reads alike, a leap second included (DSP-12, SUP-2)', () => {
  assert.equal(momentOf('2026-11-22T04:00:05+03:00')?.toISOString(), '2026-11-22T01:00:05.000Z')
  assert.equal(momentOf('2016-12-31T23:59:60Z')?.toISOString(), '2016-12-31T23:59:59.999Z')
  assert.equal(momentOf('2017-01-01T02:59:60.5+03:00')?.toISOString(), '2016-12-31T23:59:59.999Z')
  assert.equal(momentOf('1970-01-01T00:00:00Z')?.getTime(), 0)
  for (const text of [
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+23:59',
    '1969-12-31T23:59:59Z',
    '2200-01-01T00:00:00Z',
    '9999-12-31T23:59:59-23:59',
    'infinity',
    '',
  ])
    assert.equal(momentOf(text), undefined, text)
})
