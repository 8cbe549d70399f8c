import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
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
  for (const file of ['tsconfig.json', 'package.json']) copyFileSync(join(root, file), join(room, file))
  const config = readFileSync(join(root, '.oxlintrc.json'), 'utf8')
  // Only one rule needs types; the others are seen ten times faster without.
  writeFileSync(
    join(room, '.oxlintrc.json'),
    fixture === 'promise-forgotten' ? config : config.replace('"typeAware": true', '"typeAware": false'),
  )
  symlinkSync(join(root, 'node_modules'), join(room, 'node_modules'))
  return room
}

const ruleOf: Readonly<Record<string, string>> = {
  'another-module-by-path': 'no-restricted-imports',
  'slice-imports-slice': 'no-restricted-imports',
  'platform-imports-module': 'no-restricted-imports',
  'module-imports-app': 'no-restricted-imports',
  'noun-touches-the-database': 'no-restricted-imports',
  'module-reads-environment': 'no-restricted-properties',
  'module-owns-a-clock': 'no-restricted-properties',
  cycle: 'no-cycle',
  'too-many-parameters': 'max-params',
  'file-too-long': 'max-lines',
  'function-too-long': 'max-lines-per-function',
  'promise-forgotten': 'no-floating-promises',
}

test('every fixture names the rule it breaks', () => {
  assert.deepEqual(readdirSync(fixtures).toSorted(), Object.keys(ruleOf).toSorted())
})

for (const [fixture, rule] of Object.entries(ruleOf)) {
  test(`the linter sees: ${fixture.replaceAll('-', ' ')}`, () => {
    const { status, stdout } = spawnSync(join(root, 'node_modules/.bin/oxlint'), [], {
      cwd: roomWith(fixture),
      encoding: 'utf8',
    })
    assert.notEqual(status, 0)
    assert.ok(stdout.includes(`(${rule})`), stdout)
  })
}

test('what is not a door cannot be imported: neither tsc nor Node finds it', () => {
  const room = roomWith('cycle')
  const script = "import { place } from '#ordering/order.ts'\nexport const stolen = place\n"
  writeFileSync(join(room, 'modules/cart/thief.ts'), script)
  const tsc = spawnSync(join(root, 'node_modules/.bin/tsc'), [], { cwd: room, encoding: 'utf8' })
  assert.match(tsc.stdout, /thief\.ts.*TS2307/)
  const node = spawnSync(process.execPath, ['modules/cart/thief.ts'], { cwd: room, encoding: 'utf8' })
  assert.match(node.stderr, /ERR_PACKAGE_IMPORT_NOT_DEFINED/)
})
