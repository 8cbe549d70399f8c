import assert from 'node:assert/strict'

/**
 * Fails when a column of the rows contains the secret: as text, or as the bytes of its text or of its base64url in a `bytea`.
 * Fails without rows, too. The rows have each `bytea` as a Buffer, as the driver reads them.
 */
export function assertNotStored(rows: readonly object[], ...secrets: readonly string[]): void {
  assert.ok(rows.length > 0, 'there are rows to search')
  const stored = rows.flatMap((row) => Object.entries(row).map(([column, value]) => ({ column, text: textOf(value) })))
  for (const secret of secrets) {
    assert.notEqual(secret, '')
    assert.deepEqual(
      stored.filter(({ text }) => text.includes(secret)).map(({ column }) => column),
      [],
      'columns with the secret',
    )
  }
}

const textOf = (value: unknown): string =>
  Buffer.isBuffer(value) ? `${value.toString('latin1')}\n${value.toString('base64url')}` : (JSON.stringify(value) ?? '')
