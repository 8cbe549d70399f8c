import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const root = join(import.meta.dirname, '../..')
const fixtures = join(import.meta.dirname, 'fixtures')
const trees: string[] = []
after(() => trees.forEach((tree) => rmSync(tree, { recursive: true, force: true })))

/** Makes a source tree with the project's rules, so that the fixture has the path to which its rule applies. */
function treeWith(fixture: string): string {
  const tree = mkdtempSync(join(tmpdir(), 'posad-rules-'))
  trees.push(tree)
  // The linter searches upwards for the project; a repository of its own ends that search.
  execFileSync('git', ['init', '--quiet'], { cwd: tree })
  execFileSync('cp', ['-r', `${join(fixtures, fixture)}/.`, tree])
  for (const file of ['tsconfig.json', 'package.json', '.oxlintrc.json'])
    copyFileSync(join(root, file), join(tree, file))
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'))
  return tree
}

/** The rules that a fixture breaks. The folders are named because the linter follows a linked node_modules. */
function brokenIn(fixture: string): string[] {
  const tree = treeWith(fixture)
  const { stdout, error } = spawnSync(
    join(root, 'node_modules/.bin/oxlint'),
    ['--format=json', ...readdirSync(join(fixtures, fixture))],
    { cwd: tree, encoding: 'utf8', timeout: 20_000 },
  )
  if (error) throw error
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string }[] }
  return [...new Set(diagnostics.map(({ code }) => code))]
}

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
