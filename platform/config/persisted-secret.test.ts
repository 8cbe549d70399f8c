import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { missingSecret, persistedSecret } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'posad-secret-'))
after(() => rmSync(folder, { recursive: true }))
const generated = (file: string) => ({ file, variable: 'WEBHOOK_SECRET', loss: 'no event is sent' })
const secretIn = (directory: string, file: string) => persistedSecret(directory, generated(file))
const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8)

test('the first start creates a secret for its owner only, and later starts reuse it (PLT-13)', () => {
  const directory = join(folder, 'new')
  const file = join(directory, 'jwt-secret')
  const secret = secretIn(directory, 'jwt-secret')
  assert.equal(Buffer.from(secret, 'base64url').length, 32)
  assert.equal(secretIn(directory, 'jwt-secret'), secret)
  assert.equal(modeOf(file), '600')
  assert.deepEqual(readdirSync(join(folder, 'new')), ['jwt-secret'])
})

test('a secret that others could read becomes private, and an empty one is refused (SEC-4)', () => {
  const file = join(folder, 'open')
  writeFileSync(file, 's'.repeat(40))
  chmodSync(file, 0o644)
  assert.equal(secretIn(folder, 'open'), 's'.repeat(40))
  assert.equal(modeOf(file), '600')
  writeFileSync(file, '')
  assert.throws(
    () => secretIn(folder, 'open'),
    /open holds no secret: restore .* or set WEBHOOK_SECRET .* If both are lost, delete .* and no event is sent$/,
  )
})

test('four starts at the same time use one secret (PLT-13)', async () => {
  const path = join(import.meta.dirname, 'index.ts')
  const script = `import { persistedSecret } from ${JSON.stringify(path)}; process.stdout.write(persistedSecret(${JSON.stringify(folder)}, ${JSON.stringify(generated('race'))}))`
  const start = async () => (await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])).stdout
  const secrets = await Promise.all([start(), start(), start(), start()])
  assert.equal(new Set(secrets).size, 1)
  assert.equal(secrets[0]?.length, 43)
})

test('a lost secret is announced with what no longer works, and a first start is silent (PLT-13, PLT-21)', () => {
  const directory = join(folder, 'shop')
  const lost = () => missingSecret(directory, generated('webhook-secret'))
  assert.equal(lost(), undefined, 'no directory yet')
  mkdirSync(directory)
  assert.equal(lost(), undefined, 'an empty directory')
  secretIn(directory, 'jwt-secret')
  assert.equal(lost(), undefined, 'the first start makes one secret after the other')
  const yesterday = new Date(Date.now() - 24 * 3_600_000)
  utimesSync(join(directory, 'jwt-secret'), yesterday, yesterday)
  assert.match(lost() ?? '', /webhook-secret is missing, .*: no event is sent\. To get it back, .* set WEBHOOK_SECRET$/)
  secretIn(directory, 'webhook-secret')
  assert.equal(lost(), undefined)
})
