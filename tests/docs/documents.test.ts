import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { generatedDocuments } from '../../scripts/docs.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const written = await generatedDocuments()

for (const [path, text] of Object.entries(written)) {
  test(`${path} matches the code; npm run docs writes it (rule 12)`, () => {
    // assert.equal would compute a difference of half a megabyte, which takes longer than all other tests.
    assert.ok(read(path) === text, `${path} differs from the code: run npm run docs`)
  })
}

const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)))

test('every link in the pages leads to an existing file', () => {
  const broken = pages.flatMap((page) =>
    Array.from(read(page).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g), ([, target = '']) => target)
      .filter((target) => !existsSync(join(root, dirname(page), target)))
      .map((target) => `${page} → ${target}`),
  )
  assert.deepEqual(broken, [])
})

test('each decision has a number of its own, which its heading repeats', () => {
  const decisions = pages.flatMap((page) => /^docs\/adr\/(\d{4})-/.exec(page)?.[1] ?? [])
  assert.deepEqual(
    decisions.map(Number),
    decisions.map((_, i) => i + 1),
  )
  for (const page of pages.filter((page) => page.startsWith('docs/adr/')))
    assert.equal(/^# (\d+)\. /.exec(read(page))?.[1], String(Number(page.slice(9, 13))), page)
})

test('the README of every module has the same six headings in the same order', () => {
  const interfaces = execFileSync('git', ['ls-files', 'modules/*/index.ts'], { cwd: root, encoding: 'utf8' })
  const modules = interfaces
    .split('\n')
    .filter((path) => /^modules\/[^/]+\/index\.ts$/.test(path))
    .map(dirname)
  for (const module of modules) {
    const headings = Array.from(read(`${module}/README.md`).matchAll(/^## (.+)$/gm), ([, heading]) => heading)
    assert.deepEqual(headings.slice(0, 6), ['Words', 'States', 'Publishes', 'Handles', 'Api', 'Tables'], module)
  }
})

test('no line of prose in the pages stands out; they are wrapped at 128 characters', () => {
  const generated = new Set(['docs/requirements.md', 'docs/routes.md', 'docs/guides/capacity.md'])
  const long = pages
    .filter((page) => !generated.has(page))
    .flatMap((page) =>
      read(page)
        .replaceAll(/^```[^]*?^```$/gm, '')
        .split('\n')
        .filter((line) => line.length > 140 && !/^\s*[|<]/.test(line))
        .map((line) => `${page}: ${line.slice(0, 60)} …`),
    )
  assert.deepEqual(long, [])
})
