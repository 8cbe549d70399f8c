import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
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
