import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { lint, newTree, root } from './lint-tree.ts'

const storefront = 'web/storefront'

/** Expressions that ask the browser what only a host may ask. */
const questions = [
  "matchMedia('(prefers-color-scheme: dark)')",
  'visualViewport',
  'screen.orientation',
  'Telegram.WebApp',
  'window.Telegram',
  "window.open('/pay')",
  "globalThis.matchMedia('print')",
  "confirm('Cancel?')",
  'history.back()',
  "navigator.clipboard.writeText('tea')",
  'navigator.geolocation',
  "navigator.share({ url: '/' })",
  'navigator.vibrate(10)',
  'navigator.userAgent',
  'URL.createObjectURL(new Blob())',
]

const sourceOf = (expression: string) => `export const asked = () => ${expression}\n`
const importing = "import { webHost } from '../host/web.ts'\nexport const host = webHost\n"

/** The files of a tree that the linter reports. */
function reportedIn(files: Readonly<Record<string, string>>): readonly string[] {
  const tree = newTree()
  for (const [file, source] of Object.entries(files)) {
    mkdirSync(join(tree, dirname(file)), { recursive: true })
    writeFileSync(join(tree, file), source)
  }
  const codes = new Set(['globals', 'properties', 'imports'].map((kind) => `eslint(no-restricted-${kind})`))
  const found = lint(tree, ['web']).filter(({ code }) => codes.has(code))
  return [...new Set(found.map(({ filename }) => filename))].toSorted()
}

test('no page asks the browser what a host answers: the linter reports each way (WEB-1)', () => {
  const asking = questions.map((question, at) => [`${storefront}/pages/asks-${at}.ts`, sourceOf(question)] as const)
  const pages = { ...Object.fromEntries(asking), [`${storefront}/parts/imports-web.ts`]: importing }
  assert.deepEqual(reportedIn(pages), Object.keys(pages).toSorted())
})

test('the host asks the browser, the router has the history, and the start chooses the host', () => {
  const asking = questions.map((question, at) => [`${storefront}/host/asks-${at}.ts`, sourceOf(question)] as const)
  assert.deepEqual(
    reportedIn({
      ...Object.fromEntries(asking),
      [`${storefront}/router/router.ts`]: sourceOf('history.back()'),
      [`${storefront}/entry-client.tsx`]: importing.replace('../', './'),
      [`${storefront}/pages/list.ts`]: sourceOf("browser().host.haptic('error')"),
    }),
    [],
  )
})

test('the router asks the browser for nothing but the history', () => {
  const asking = questions
    .filter((question) => !question.startsWith('history'))
    .map((question, at) => [`${storefront}/router/asks-${at}.ts`, sourceOf(question)] as const)
  assert.deepEqual(reportedIn(Object.fromEntries(asking)), asking.map(([file]) => file).toSorted())
})

test('only the host’s style sheet asks for the height of the screen and the edges that a device covers', () => {
  const styles = join(root, storefront, 'styles')
  const asking = readdirSync(styles).filter((file) =>
    /\d[dsl]?vh\b|\benv\(|prefers-color-scheme/.test(readFileSync(join(styles, file), 'utf8')),
  )
  assert.deepEqual(asking, [])
})
