import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from '../copy-sources.ts'
import { equivalents } from './equivalents.ts'
import { findMutations } from './find-mutations.ts'
import { describeMutation, mutate } from './mutation.ts'

const mutantsOf = (source: string) => findMutations('a.ts', source).map((mutation) => mutate(source, mutation))

test('a mutant changes one operator, condition or boolean (REL-6)', () => {
  assert.deepEqual(mutantsOf('f(a && !b)'), ['f(a || !b)', 'f(a && b)'])
  assert.deepEqual(mutantsOf('const x = a <= 1'), ['const x = a < 1'])
  assert.deepEqual(mutantsOf('const x = { on: true }'), ['const x = { on: false }'])
  assert.deepEqual(mutantsOf('const x = list.every(f)'), ['const x = list.some(f)'])
})

test('a mutant deletes a lock (REL-6)', () => {
  assert.deepEqual(mutantsOf('async () => {\n  await lockTree(tx)\n}'), ['async () => {\n  \n}'])
})

test('a mutant changes one token of SQL, and no word of another text (REL-6)', () => {
  assert.deepEqual(mutantsOf('sql`select 1 where a < 2 and b is null for update`'), [
    'sql`select 1 where a < 2 or b is null for update`',
    'sql`select 1 where a < 2 and b is not null for update`',
    'sql`select 1 where a <= 2 and b is null for update`',
    'sql`select 1 where a < 2 and b is null`',
  ])
  assert.deepEqual(mutantsOf('sql<Row>`and price > ${least}`'), [
    'sql<Row>`or price > ${least}`',
    'sql<Row>`and price >= ${least}`',
  ])
  assert.deepEqual(mutantsOf('sql`select ${one} for update`'), ['sql`select ${one}`'])
  assert.deepEqual(mutantsOf('const text = `tea and ${cake}`.toString()'), [])
})

test('a mutant is described with its line (REL-6)', () => {
  const source = 'const a = 1\nconst b = x === y\n'
  const [mutation] = findMutations('a.ts', source)
  assert.ok(mutation)
  assert.equal(describeMutation(source, mutation), 'a.ts:2: === → !==    const b = x === y')
})

test('every mutant that was judged equivalent still exists (REL-6)', () => {
  for (const { file, line, text, replacement } of equivalents) {
    const source = readFileSync(join(root, file), 'utf8')
    const same = findMutations(file, source).filter((one) => one.text === text && one.replacement === replacement)
    assert.ok(
      same.some((mutation) => describeMutation(source, mutation).includes(line)),
      `${file}: ${line}`,
    )
  }
})
