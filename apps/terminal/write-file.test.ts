import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { after, test } from 'node:test'
import { writeFile } from './write-file.ts'

const directory = mkdtempSync(join(tmpdir(), 'posad-whole-'))
after(() => rmSync(directory, { recursive: true }))

const write = async (path: string, parts: Iterable<string>) =>
  await writeFile(path, Readable.from(parts), new PassThrough())

function* untilFull() {
  yield 'the first half'
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' })
}

test('a file that cannot be written to its end leaves the one of before, and is named (PLT-21)', async () => {
  const path = join(directory, 'products.csv')
  await assert.rejects(write(path, untilFull()), { code: 'ENOSPC', path })
  assert.deepEqual(readdirSync(directory), [])
  await write(path, ['all', ' of it'])
  await assert.rejects(write(path, untilFull()), { code: 'ENOSPC', path })
  assert.deepEqual(readdirSync(directory), ['products.csv'])
  assert.equal(readFileSync(path, 'utf8'), 'all of it')
})

test('a link keeps its place, a device gets the text, and a missing directory is named (PLT-21)', async () => {
  const [path, link] = [join(directory, 'real.csv'), join(directory, 'link.csv')]
  writeFileSync(path, 'before')
  symlinkSync(path, link)
  await write(link, ['after'])
  assert.equal(readFileSync(path, 'utf8'), 'after')
  await write('/dev/null', ['nothing'])
  const missing = join(directory, 'nowhere', 'x.csv')
  await assert.rejects(write(missing, ['text']), { code: 'ENOENT', path: missing })
  await assert.rejects(write(directory, ['text']), { code: 'EISDIR' })
})
