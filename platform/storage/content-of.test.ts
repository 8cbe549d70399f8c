import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { after, test } from 'node:test'
import { contentOf } from './content-of.ts'

const directory = mkdtempSync(join(tmpdir(), 'posad-content-'))
after(() => rmSync(directory, { recursive: true }))

/** Time in which a stream that was opened at once would have failed without a listener. */
const prepare = async () => {
  for (let turn = 0; turn < 20; turn++) await nextTurn()
}

test('a file that cannot be opened fails its reader, however late the reader begins (CAT-12)', async () => {
  const content = contentOf(join(directory, 'absent.csv'))
  await prepare()
  await assert.rejects(buffer(content), { code: 'ENOENT' })
})

test('a reader who begins after the abort is refused, and the process lives (CAT-12)', async () => {
  const path = join(directory, 'list.csv')
  writeFileSync(path, 'sku')
  const abort = new AbortController()
  const content = contentOf(path, { signal: abort.signal })
  abort.abort()
  await prepare()
  await assert.rejects(buffer(content), { name: 'AbortError' })
})

test('the content of a file is read in pieces', async () => {
  const path = join(directory, 'large')
  const written = Buffer.alloc(1_000_000, 'posad')
  writeFileSync(path, written)
  chmodSync(path, 0o400)
  assert.deepEqual(await buffer(contentOf(path)), written)
})
