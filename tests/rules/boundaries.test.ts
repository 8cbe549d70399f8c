import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { areas } from './layout.ts'
import { lint, newTree, root } from './lint-tree.ts'

const modules = readdirSync(join(root, 'modules'))
const another = (name: string) => modules[(modules.indexOf(name) + 1) % modules.length] ?? assert.fail()

/** The roots in which a module has its files: its own folder and those of its areas. */
const roots = modules.flatMap((name) => [
  { folder: `modules/${name}`, name, up: '..' },
  ...(areas[name] ?? []).map((area) => ({ folder: `modules/${name}/${area}`, name, up: '../..' })),
])

/** One forbidden import per file, at every root: the file and what it imports. */
const breaches = roots.flatMap(({ folder, name, up }): readonly (readonly [string, string])[] => {
  const other = another(name)
  return [
    [`${folder}/root-imports-kysely.ts`, 'kysely'],
    [`${folder}/root-imports-randomness.ts`, 'node:crypto'],
    [`${folder}/root-imports-transaction.ts`, '#platform/db'],
    [`${folder}/root-knows-http.ts`, '#platform/http'],
    [`${folder}/root-imports-slice.ts`, './sell-tea/sell-tea.ts'],
    [`${folder}/root-imports-store.ts`, `${up}/${other}/store.ts`],
    [`${folder}/root-imports-schema.ts`, `#${other}/schema`],
    [`${folder}/sell-tea/imports-slice.ts`, '../brew-tea/brew-tea.ts'],
    [`${folder}/sell-tea/route.ts`, '../brew-tea/brew-tea.ts'],
    [`${folder}/sell-tea/imports-slice-of-an-area.ts`, '../../stock/brew-tea/brew-tea.ts'],
    [`${folder}/sell-tea/knows-http.ts`, '#platform/http'],
    [`${folder}/sell-tea/imports-store.ts`, `${up}/../${other}/store.ts`],
    [`${folder}/sell-tea/imports-schema.ts`, `#${other}/schema`],
    [`${folder}/sell-tea/imports-app.ts`, `${up}/../../apps/services.ts`],
  ]
})

/** One allowed import per file: the same places, what they may import. */
const allowed = roots.flatMap(({ folder, name }): readonly (readonly [string, string])[] => [
  [`${folder}/store.ts`, 'kysely'],
  [`${folder}/index.ts`, './sell-tea/sell-tea.ts'],
  [`${folder}/order.ts`, '#platform/values'],
  [`${folder}/pour-tea/route.ts`, '#platform/http'],
  [`${folder}/pour-tea/pour-tea.ts`, '../store.ts'],
  [`${folder}/pour-tea/subscriber.ts`, `#${another(name)}/events`],
])

function lintFiles(files: readonly (readonly [string, string])[]) {
  const tree = newTree()
  for (const [file, imported] of files) {
    mkdirSync(join(tree, dirname(file)), { recursive: true })
    writeFileSync(join(tree, file), `import { tea } from '${imported}'\nexport const leaves = tea\n`)
  }
  return lint(tree, ['modules']).filter(({ code }) => code === 'eslint(no-restricted-imports)')
}

test('every module and area is bound by the same rules', () => {
  const reported = new Set(lintFiles(breaches).map(({ filename }) => filename))
  assert.ok(breaches.length >= 14 * 19)
  assert.deepEqual(
    breaches.filter(([file]) => !reported.has(file)),
    [],
    'imports that pass',
  )
})

test('the linter reports no import that the rules allow', () => {
  assert.deepEqual(
    lintFiles(allowed).map(({ filename }) => filename),
    [],
  )
})
