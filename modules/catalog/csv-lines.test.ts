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

test('a file of more than two hundred thousand lines is refused, because an import keeps each SKU (CAT-12, A21)', async () => {
  function* lines(count: number) {
    yield 'sku\n'
    for (let n = 0; n < count; n += 1000) yield 'A\n'.repeat(1000)
  }
  assert.equal((await read(lines(200_000))).length, 200_000)
  await assert.rejects(read(lines(201_000)), /more than 200000 lines/)
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

test('a file in another encoding is refused, and UTF-8 may be split anywhere (CAT-12)', async () => {
  const readBytes = (chunks: Iterable<Buffer>) =>
    Array.fromAsync(linesOf(Readable.from(chunks), { columns: ['sku', 'name'], batchSize: 10 }))
  const windows1251 = Buffer.from([0xd7, 0xe0, 0xe9])
  const notUtf8 = /The file is not in UTF-8/
  await assert.rejects(readBytes([Buffer.from('sku,name\nA,'), windows1251, Buffer.from('\n')]), notUtf8)
  await assert.rejects(readBytes([Buffer.from('\uFEFFsku,name\nA,b\n', 'utf16le')]), notUtf8)
  const text = Buffer.from('\uFEFFsku,name\nA,Чай 🍵\n')
  await assert.rejects(readBytes([text.subarray(0, -3)]), notUtf8)
  const [lines] = await readBytes(Array.from(text, (_, at) => text.subarray(at, at + 1)))
  assert.deepEqual(lines, [{ number: 2, cells: { sku: 'A', name: 'Чай 🍵' } }])
})

test('a column that is there twice is refused (CAT-12)', async () => {
  await assert.rejects(read(['sku,name, sku\nA,b,C\n']), /The column "sku" is there twice/)
})
