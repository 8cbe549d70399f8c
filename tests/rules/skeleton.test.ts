import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { areas, components } from './layout.ts'

const root = join(import.meta.dirname, '../..')
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'modules'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)))

const modules = Map.groupBy(files, (file) => file.split('/')[1] ?? '')

/** Folders of a module that are neither slices nor areas. */
const folders = new Set(['migrations', 'store'])

/** Adapters of a slice: HTTP, events, time. A read is `query.ts`. */
const isSlice = (folder: string) => /^[a-z]+(-[a-z]+)+$/.test(folder)

test('every module has its public interface, its README and its shapes in the same files', () => {
  const missing = [...modules.keys()].flatMap((name) =>
    ['README.md', 'index.ts', 'testing.ts']
      .filter((file) => !files.includes(`modules/${name}/${file}`))
      .map((file) => `${name}/${file}`),
  )
  assert.deepEqual(missing, [])
})

test('a module has no file with a name of the old layout', () => {
  const old = /^modules\/[^/]+\/tables\.ts$|(^|\/)(asks|hear|figures|[a-z-]+-rows|test-[a-z]+|[a-z]+\.testing)\.ts$/
  assert.deepEqual(
    files.filter((file) => old.test(file)),
    [],
  )
})

test('a folder of a module is a slice, an area, the store, the migrations or a named component', () => {
  const strange = files.flatMap((file) => {
    const [, name = '', first = '', second = ''] = file.split('/')
    if (!file.startsWith(`modules/${name}/${first}/`) || folders.has(first)) return []
    const isArea = areas[name]?.includes(first) ?? false
    if (!isArea) return isSlice(first) || components.includes(`${name}/${first}`) ? [] : [`${name}/${first}`]
    const isInside = file.startsWith(`modules/${name}/${first}/${second}/`)
    const inside = `${name}/${first}/${second}`
    return !isInside || folders.has(second) || isSlice(second) || components.includes(inside) ? [] : [inside]
  })
  assert.deepEqual([...new Set(strange)], [])
})

test('a slice has an adapter or is called by one', () => {
  const slices = Map.groupBy(
    files.filter((file) => /^modules\/.+\/[a-z]+(-[a-z]+)+\/[^/]+\.ts$/.test(file)),
    (file) => file.slice(0, file.lastIndexOf('/')),
  )
  const wrong = [...slices].filter(([slice, inside]) => {
    const names = inside.map((file) => file.slice(slice.length + 1))
    return !names.some((name) =>
      ['route.ts', 'subscriber.ts', 'job.ts', 'query.ts', `${slice.split('/').at(-1)}.ts`].includes(name),
    )
  })
  assert.deepEqual(
    wrong.map(([slice]) => slice),
    [],
  )
})

test('a slice has one action: a folder that edits would have several', () => {
  assert.deepEqual(
    files.filter((file) => /\/(edit|manage)-[^/]+\//.test(file)),
    [],
  )
})

/** The areas of a module that the files of each area import. */
function importsOfAreas(name: string, sources: readonly (readonly [file: string, text: string])[]) {
  const areaOf = (file: string) => areas[name]?.find((area) => file.startsWith(`modules/${name}/${area}/`))
  return sources.flatMap(([file, text]) => {
    const from = areaOf(file)
    if (from === undefined) return []
    const imported = [...text.matchAll(/ from '(\.[^']+)'/g)].map(([, path = '']) => areaOf(join(dirname(file), path)))
    return imported.flatMap((to) => (to === undefined || to === from ? [] : [{ from, to }]))
  })
}

type Import = ReturnType<typeof importsOfAreas>[number]

/** The areas from which imports lead back to themselves. */
function areasInCycles(imports: readonly Import[]): string[] {
  const reachedFrom = (area: string): ReadonlySet<string> => {
    const reached = new Set([area])
    // A set also visits the areas that are added meanwhile.
    for (const from of reached) for (const one of imports) if (one.from === from) reached.add(one.to)
    return reached
  }
  return [...new Set(imports.filter(({ from, to }) => reachedFrom(to).has(from)).map(({ from }) => from))]
}

test('the areas of a module do not import each other in a circle', () => {
  const found = Object.keys(areas).flatMap((name) => {
    const sources = (modules.get(name) ?? []).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    const texts = sources.map((file) => [file, readFileSync(join(root, file), 'utf8')] as const)
    return areasInCycles(importsOfAreas(name, texts)).map((area) => `${name}/${area}`)
  })
  assert.deepEqual(found, [])
})

test('a circle of imports between areas is found', () => {
  const imports = importsOfAreas('catalog', [
    ['modules/catalog/stock/hold.ts', "import type { Tea } from '../products/tea.ts'"],
    ['modules/catalog/products/tea.ts', "import type { Review } from '../reviews/review.ts'"],
    ['modules/catalog/reviews/write-review/route.ts', "import { hold } from '../../stock/hold.ts'"],
    ['modules/catalog/search/filter.ts', "import type { Tea } from '../products/tea.ts'"],
  ])
  assert.deepEqual(areasInCycles(imports), ['stock', 'products', 'reviews'])
})

test('the type of the database of a module stands where its tables do, and has one name', () => {
  const named = /^export type (\w+)Db = Kysely<\1Tables>$/
  const others = files.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .filter((line) => /\bKysely<\w+Tables>/.test(line) && !named.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  )
  assert.deepEqual(others, [])
})
