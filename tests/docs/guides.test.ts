import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { services } from '../../apps/services/services.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

test('the guide to services names the port and the modules of each service (PLT-14)', () => {
  const rows = read('docs/guides/run-as-services.md').matchAll(/^\| `(\w+)` +\| (\d+) \| ([^|]+?) +\|/gm)
  const described = Array.from(rows, ([, name, port, modules]) => ({ name, port: Number(port), modules }))
  assert.deepEqual(described, [
    { name: 'gateway', port: 8000, modules: 'none' },
    ...Object.entries(services).map(([name, { port, modules }]) => ({ name, port, modules: modules.join(', ') })),
  ])
})

test('the README names every guide', () => {
  const readme = read('README.md')
  const missing = readdirSync(join(root, 'docs/guides')).filter((file) => !readme.includes(`](docs/guides/${file})`))
  assert.deepEqual(missing, [])
})
