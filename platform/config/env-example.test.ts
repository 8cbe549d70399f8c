import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseEnv } from 'node:util'
import { readConfig } from './index.ts'
import { envExample } from './env-example.ts'

test('.env.example lists every variable with its default and meaning (PLT-11)', () => {
  const written = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')
  assert.equal(written, envExample(), 'run: node platform/config/env-example.ts > .env.example')
})

test('.env.example with every line made active starts the same shop as no .env at all (PLT-11)', () => {
  const active = envExample().replaceAll(/^#(?=[A-Z_]+=)/gm, '')
  assert.deepEqual(readConfig(parseEnv(active)), readConfig({}))
})
