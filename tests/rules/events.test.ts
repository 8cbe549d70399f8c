import assert from 'node:assert/strict'
import { readdirSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { EventDefinition } from '#platform/events'
import { describeModules } from '../../apps/services/describe-modules.ts'

const folder = join(import.meta.dirname, '../../modules')

const isDefinition = (value: unknown): value is EventDefinition =>
  typeof value === 'function' && typeof (value as { type?: unknown }).type === 'string'

test('every event that a module defines is among those that it publishes', async () => {
  const app = describeModules()
  const missing: string[] = []
  for (const name of readdirSync(folder).filter((one) => existsSync(join(folder, one, 'events.ts')))) {
    const defined = Object.values((await import(join(folder, name, 'events.ts'))) as Record<string, unknown>)
    const published = new Set(app.modules.find((module) => module.name === name)?.publishes?.map(({ type }) => type))
    const own = defined.filter(isDefinition).filter(({ type }) => type.startsWith(`${name}.`))
    assert.ok(own.length > 0, `${name}/events.ts defines no event`)
    missing.push(...own.filter(({ type }) => !published.has(type)).map(({ type }) => type))
  }
  await app.close()
  assert.deepEqual(missing, [], 'add it to the list at the end of events.ts')
})
