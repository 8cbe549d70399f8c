import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const root = join(import.meta.dirname, '../..')
const fixtures = join(import.meta.dirname, 'fixtures')
const rooms: string[] = []
after(() => rooms.forEach((room) => rmSync(room, { recursive: true, force: true })))

/** A tree of its own with the rules of the house, so that a fixture stands where its rule applies. */
function roomWith(fixture: string): string {
  const room = mkdtempSync(join(tmpdir(), 'posad-rules-'))
  rooms.push(room)
  // A repository of its own ends the linter's search for the project there, not at the root of the disk.
  execFileSync('git', ['init', '--quiet'], { cwd: room })
  execFileSync('cp', ['-r', `${join(fixtures, fixture)}/.`, room])
  for (const file of ['tsconfig.json', 'package.json', '.oxlintrc.json'])
    copyFileSync(join(root, file), join(room, file))
  symlinkSync(join(root, 'node_modules'), join(room, 'node_modules'))
  return room
}

/** The rules a fixture breaks; folders are named, for the linter walks into a linked node_modules. */
function brokenIn(fixture: string): string[] {
  const room = roomWith(fixture)
  const { stdout, error } = spawnSync(
    join(root, 'node_modules/.bin/oxlint'),
    ['--format=json', ...readdirSync(join(fixtures, fixture))],
    { cwd: room, encoding: 'utf8', timeout: 20_000 },
  )
  if (error) throw error
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string }[] }
  return [...new Set(diagnostics.map(({ code }) => code))]
}

const ruleOf: Readonly<Record<string, string>> = {
  'another-module-by-path': 'eslint(no-restricted-imports)',
  'slice-imports-slice': 'eslint(no-restricted-imports)',
  'platform-imports-module': 'eslint(no-restricted-imports)',
  'module-imports-app': 'eslint(no-restricted-imports)',
  'noun-touches-the-database': 'eslint(no-restricted-imports)',
  'module-reads-environment': 'eslint(no-restricted-properties)',
  'module-owns-a-clock': 'eslint(no-restricted-properties)',
  cycle: 'import(no-cycle)',
  'cycle-of-types': 'import(no-cycle)',
  'cycle-by-alias': 'import(no-cycle)',
  'too-many-parameters': 'eslint(max-params)',
  'file-too-long': 'eslint(max-lines)',
  'function-too-long': 'eslint(max-lines-per-function)',
  'promise-forgotten': 'typescript(no-floating-promises)',
}

test('every fixture names the rule it breaks', () => {
  assert.deepEqual(readdirSync(fixtures).toSorted(), Object.keys(ruleOf).toSorted())
})

for (const [fixture, rule] of Object.entries(ruleOf)) {
  test(`the linter sees: ${fixture.replaceAll('-', ' ')}`, () => {
    assert.deepEqual(brokenIn(fixture), [rule])
  })
}

test('what is not a door cannot be imported: neither tsc nor Node finds it', () => {
  const room = roomWith('cycle')
  const script = "import { place } from '#ordering/order.ts'\nexport const stolen = place\n"
  writeFileSync(join(room, 'modules/cart/thief.ts'), script)
  const tsc = spawnSync(join(root, 'node_modules/.bin/tsc'), [], { cwd: room, encoding: 'utf8', timeout: 30_000 })
  assert.match(tsc.stdout, /thief\.ts.*TS2307/)
  const node = spawnSync(process.execPath, ['modules/cart/thief.ts'], { cwd: room, encoding: 'utf8', timeout: 30_000 })
  assert.match(node.stderr, /ERR_PACKAGE_IMPORT_NOT_DEFINED/)
})
