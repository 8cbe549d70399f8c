import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { lint, newTree, root } from './lint-tree.ts'

const fixtures = join(import.meta.dirname, 'fixtures')

function treeWith(fixture: string): string {
  const tree = newTree()
  execFileSync('cp', ['-r', `${join(fixtures, fixture)}/.`, tree])
  return tree
}

/** The rules that a fixture breaks. */
const brokenIn = (fixture: string): readonly string[] => [
  ...new Set(lint(treeWith(fixture), readdirSync(join(fixtures, fixture))).map(({ code }) => code)),
]

const ruleOf: Readonly<Record<string, string>> = {
  'another-module-by-path': 'eslint(no-restricted-imports)',
  'slice-imports-slice': 'eslint(no-restricted-imports)',
  'another-modules-schema': 'eslint(no-restricted-imports)',
  'slice-knows-http': 'eslint(no-restricted-imports)',
  'platform-imports-module': 'eslint(no-restricted-imports)',
  'module-imports-app': 'eslint(no-restricted-imports)',
  'module-root-touches-the-database': 'eslint(no-restricted-imports)',
  'module-reads-environment': 'eslint(no-restricted-properties)',
  'module-owns-a-clock': 'eslint(no-restricted-properties)',
  cycle: 'import(no-cycle)',
  'cycle-of-types': 'import(no-cycle)',
  'cycle-by-alias': 'import(no-cycle)',
  'too-many-parameters': 'eslint(max-params)',
  'file-too-long': 'eslint(max-lines)',
  'function-too-long': 'eslint(max-lines-per-function)',
  'promise-not-awaited': 'typescript(no-floating-promises)',
}

test('every fixture has the rule that it breaks', () => {
  assert.deepEqual(readdirSync(fixtures).toSorted(), Object.keys(ruleOf).toSorted())
})

for (const [fixture, rule] of Object.entries(ruleOf)) {
  test(`the linter reports: ${fixture.replaceAll('-', ' ')}`, () => {
    assert.deepEqual(brokenIn(fixture), [rule])
  })
}

test('a file that is no public interface cannot be imported: neither tsc nor Node finds it', () => {
  const tree = treeWith('cycle')
  const script = "import { place } from '#ordering/order.ts'\nexport const imported = place\n"
  writeFileSync(join(tree, 'modules/cart/intruder.ts'), script)
  const tsc = spawnSync(join(root, 'node_modules/.bin/tsc'), [], { cwd: tree, encoding: 'utf8', timeout: 30_000 })
  assert.match(tsc.stdout, /intruder\.ts.*TS2307/)
  const node = spawnSync(process.execPath, ['modules/cart/intruder.ts'], {
    cwd: tree,
    encoding: 'utf8',
    timeout: 30_000,
  })
  assert.match(node.stderr, /ERR_PACKAGE_IMPORT_NOT_DEFINED/)
})
