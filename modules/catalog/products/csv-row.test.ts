import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cellOf, readRow } from './csv-row.ts'

test('no cell of an export is a formula, and an import reads it back unchanged (CAT-12)', () => {
  for (const text of ['=HYPERLINK("https://example.org")', '+1', '-1', '@SUM(A1)', "'=1", '＝1']) {
    const cell = cellOf('description_en', text)
    assert.ok(cell.startsWith("'"), cell)
    const read = readRow({ sku: cellOf('sku', text), description_en: cell })
    assert.deepEqual(read, { kind: 'row', row: { sku: text, description_en: text } })
  }
  assert.equal(cellOf('on_hand', 5), '5')
  const start = fc.constantFrom('', "'", "''", '=', "'=", '-', '@', 'a')
  fc.assert(
    fc.property(start, fc.stringMatching(/^[a-z=+@'-]{0,9}$/), (begin, rest) => {
      const text = `${begin}${rest}`
      const cell = cellOf('name_ru', text)
      assert.doesNotMatch(cell, /^[=+\-@]/)
      const read = readRow({ sku: 'A', name_ru: cell })
      assert.equal(read.kind === 'row' && read.row.name_ru, text)
    }),
  )
})
