import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'

const root = join(import.meta.dirname, '../..')
const copy = mkdtempSync(join(tmpdir(), 'posad-contributing-'))
const page = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')

/** A code block of the page: a new file, or a change to a file, named behind the language. */
type Block = Readonly<{ language: string; path: string; text: string }>

const blocks: readonly Block[] = Array.from(
  page.matchAll(/^```(ts|diff) (\S+)\n([^]*?)^```$/gm),
  ([, language = '', path = '', text = '']) => ({ language, path, text }),
)

before(() => {
  const files = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n')
  for (const file of files) cpSync(join(root, file), join(copy, file))
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  // The linter and the tests ask git for the files of the project.
  execFileSync('git', ['init', '--quiet'], { cwd: copy })
  for (const block of blocks) follow(block)
  execFileSync('git', ['add', '-A'], { cwd: copy })
})
after(() => rmSync(copy, { recursive: true, force: true }))

function follow({ language, path, text }: Block): void {
  const file = join(copy, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, language === 'ts' ? text : changed(readFileSync(file, 'utf8'), path, text))
}

/**
 * Applies the lines of a diff where their context stands exactly once. A reader who follows the page has them in the working tree
 * already, and runs this test with all others.
 */
function changed(source: string, path: string, diff: string): string {
  const lines = diff.replace(/\n$/, '').split('\n')
  const without = (mark: string) =>
    lines
      .filter((line) => !line.startsWith(mark))
      .map((line) => line.slice(1))
      .join('\n')
  if (source.includes(without('-'))) return source
  const [head, tail, ...more] = source.split(without('+'))
  assert.ok(head !== undefined && tail !== undefined && more.length === 0, `${path} has not the lines of:\n${diff}`)
  return `${head}${without('-')}${tail}`
}

function run(program: string, ...words: string[]): void {
  const { status, stdout, stderr } = spawnSync(program, words, { cwd: copy, encoding: 'utf8', timeout: 300_000 })
  assert.equal(status, 0, `${program} ${words.join(' ')}\n${stdout}${stderr}`)
}
const bin = (name: string) => join(root, 'node_modules/.bin', name)

test('the first slice of CONTRIBUTING has every step', () => {
  assert.ok(blocks.length >= 6, `${blocks.length} blocks name their file`)
})

test('a reader who has followed the page may run this test', () => {
  const files = blocks.map(({ path }) => readFileSync(join(copy, path), 'utf8'))
  for (const block of blocks) follow(block)
  assert.deepEqual(
    blocks.map(({ path }) => readFileSync(join(copy, path), 'utf8')),
    files,
  )
})

test('the first slice of CONTRIBUTING compiles', () => run(bin('tsc')))

test('the linter accepts it, and the formatter', () => {
  run(bin('oxlint'), 'modules', 'tests')
  run(bin('oxfmt'), '--check', ...blocks.map(({ path }) => path))
})

test('its documents are written', () => run(process.execPath, 'scripts/docs.ts'))

test('its test passes, and the tests that look at every route and module', () => {
  const own = blocks.map(({ path }) => path).filter((path) => path.endsWith('.test.ts'))
  run(
    process.execPath,
    '--test',
    '--test-force-exit',
    ...own,
    'tests/rules/skeleton.test.ts',
    'tests/attacks/two-users.test.ts',
  )
})
