import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { linesOf, UnreadableFile } from './csv-lines.ts'

function* buffersOf(chunks: Iterable<string>) {
  for (const text of chunks) yield Buffer.from(text)
}

async function read(chunks: Iterable<string>) {
  const file = Readable.from(buffersOf(chunks))
  const batches = await Array.fromAsync(linesOf(file, { columns: ['sku', 'name'], batchSize: 10 }))
  return batches.flat()
}

test('a line of commas is refused before it is in memory, also within quotes that contain lines (CAT-12, A21)', async () => {
  let sent = 0
  function* commas(start: string) {
    yield start
    for (; sent < 1000; sent++) yield ','.repeat(64_000)
  }
  for (const start of ['sku,name\nA,', 'sku,name\n"A\n",', '']) {
    sent = 0
    await assert.rejects(read(commas(start)), UnreadableFile, start)
    assert.ok(sent < 20, `${sent} chunks were read`)
  }
})

test('a quoted cell may contain commas, quotes and lines (CAT-12)', async () => {
  const name = `a "b", ${','.repeat(5000)}\n c`
  assert.deepEqual(await read(['sku,name\nA,"', name.replaceAll('"', '""'), '"\n', 'B,x\n']), [
    { number: 3, cells: { sku: 'A', name } },
    { number: 4, cells: { sku: 'B', name: 'x' } },
  ])
})

test('a file without a header is refused, and one without lines is read (CAT-12)', async () => {
  for (const empty of ['', '\n\n', '\uFEFF']) await assert.rejects(read([empty]), /The file is empty/)
  assert.deepEqual(await read(['sku,name\n']), [])
})

test('the error about a file has none of its control characters, and little of its text (CAT-12)', async () => {
  for (const content of ['\u007fELF\u001b[2J\u0000,name\n', `${'x'.repeat(5000)},name\n`, 'sku,name\n"\u001b[2J"x"\n'])
    await assert.rejects(read([content]), ({ message }: Error) => {
      assert.doesNotMatch(message, /\p{Cc}/u)
      assert.ok(message.length < 300, message)
      return true
    })
})
