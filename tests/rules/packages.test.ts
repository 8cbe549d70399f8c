import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

type Package = Readonly<{
  version?: string
  integrity?: string
  resolved?: string
  link?: boolean
  license?: string
  hasInstallScript?: boolean
  optionalDependencies?: Readonly<Record<string, string>>
}>

const root = join(import.meta.dirname, '../..')
const read = (name: string): unknown => JSON.parse(readFileSync(join(root, name), 'utf8'))
const { packages: all } = read('package-lock.json') as { packages: Readonly<Record<string, Package>> }
const packages = Object.entries(all).filter(([path]) => path !== '')

/** The names of the packages for which `isWrong` is true. */
const wrong = (isWrong: (found: Package, path: string) => boolean): readonly string[] =>
  packages.filter(([path, found]) => isWrong(found, path)).map(([path]) => path)

test('every package in the lock file has a checksum and comes from the registry that npm is set to (SEC-4)', () => {
  assert.ok(packages.length > 100)
  assert.deepEqual(
    wrong(({ integrity = '' }) => !/^sha512-[\w+/]{86}==$/.test(integrity)),
    [],
  )
  // An address in the lock file would make npm load the package from there, whatever registry is set.
  assert.deepEqual(
    wrong(({ resolved, link }) => resolved !== undefined || link === true),
    [],
  )
})

test('the lock file has the optional packages of every system, so that npm ci accepts it on each (F-63)', () => {
  const lacks = ([path, { optionalDependencies = {} }]: readonly [string, Package]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !all[`${path}/node_modules/${name}`] && !all[`node_modules/${name}`],
    )
  assert.deepEqual(packages.flatMap(lacks), [])
})

test('package.json names exact versions (SEC-4)', () => {
  const { dependencies, devDependencies } = read('package.json') as Record<string, Record<string, string>>
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
    assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, name)
})

/**
 * Licences that allow use, change and distribution within a program under MIT. MPL-2.0 binds changes of its own files only: the
 * build and the tests run such packages unchanged.
 */
const allowedLicences = new Set([
  'MIT',
  'Apache-2.0',
  'ISC',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'Python-2.0',
  '0BSD',
  'MIT-0',
  'MPL-2.0',
  'MIT-0',
  'Unlicense',
  // The image library libvips, which sharp loads as a shared library that may be replaced.
  'LGPL-3.0-or-later',
  'Apache-2.0 AND LGPL-3.0-or-later',
  'Apache-2.0 AND LGPL-3.0-or-later AND MIT',
])

test('every package has a licence that was read and accepted (SEC-4)', () => {
  assert.deepEqual(
    wrong(({ license }) => !allowedLicences.has(license ?? '')),
    [],
  )
})

test('only the packages with programs in them run a script when they are installed (SEC-4)', () => {
  const { allowScripts } = read('package.json') as { allowScripts: Readonly<Record<string, boolean>> }
  const scripted = wrong(({ hasInstallScript = false }) => hasInstallScript).map((path) =>
    path.replace(/^.*node_modules\//, ''),
  )
  assert.deepEqual(
    scripted.filter((name) => !(name in allowScripts)),
    [],
  )
})

test('every interface that package.json names is imported somewhere', () => {
  const { imports } = read('package.json') as { imports: Readonly<Record<string, string>> }
  const files = globSync('{platform,modules,apps,tests,bench,scripts,web}/**/*.{ts,tsx,mjs}', { cwd: root })
  const imported = new Set(
    files.flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/'(#[^']+)'/g)].map(([, name = '']) => name),
    ),
  )
  const modules = Object.keys(imports).filter((name) => !name.includes('*'))
  assert.ok(modules.length > 20)
  assert.deepEqual(
    modules.filter((name) => !imported.has(name)),
    [],
  )
})
