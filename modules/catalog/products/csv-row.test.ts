import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cellOf, columnNames, plainOf, readRow } from './csv-row.ts'
import { plainColumns } from './schema.ts'

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

test('a product file has every column that a product has as it is (CAT-12)', () => {
  const names = Object.keys(plainColumns)
  assert.ok(names.includes('origin_country'))
  assert.deepEqual(
    names.filter((name) => !columnNames.includes(name as (typeof columnNames)[number])),
    [],
  )
  const read = readRow({ sku: 'A', image: '', origin_country: 'CN' })
  assert.deepEqual(read.kind === 'row' && plainOf(read.row), { image: null, origin_country: 'CN' })
})

const detailOf = (cells: Readonly<Record<string, string>>) => {
  const read = readRow({ sku: 'A', ...cells })
  return read.kind === 'wrong' ? read.errors.map(({ detail }) => detail) : assert.fail('the line is right')
}

test('a wrong cell is shown with its value and the choices, without control characters (CAT-12)', () => {
  assert.deepEqual(detailOf({ product_state: 'activ' }), ['must be one of active, hidden, archived; given "activ"'])
  assert.deepEqual(detailOf({ price: '12,5' }), ['must be integer; given "12,5"'])
  const [country = ''] = detailOf({ origin_country: 'China\u001b[2J' })
  assert.match(country, /^must be one of (\w\w, ){11}\w\w …; given "China\\u001b\[2J"$/)
  const [long = ''] = detailOf({ type: 'X'.repeat(5000) })
  assert.ok(long.length < 200, long)
})
