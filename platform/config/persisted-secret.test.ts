import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { persistedSecret } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'posad-secret-'))
after(() => rmSync(folder, { recursive: true }))
const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8)

test('the first start creates a secret for its owner only, and later starts reuse it (PLT-13)', () => {
  const file = join(folder, 'new', 'jwt-secret')
  const secret = persistedSecret(file)
  assert.equal(Buffer.from(secret, 'base64url').length, 32)
  assert.equal(persistedSecret(file), secret)
  assert.equal(modeOf(file), '600')
  assert.deepEqual(readdirSync(join(folder, 'new')), ['jwt-secret'])
})

test('a secret that others could read becomes private, and an empty one is refused (SEC-4)', () => {
  const file = join(folder, 'open')
  writeFileSync(file, 's'.repeat(40))
  chmodSync(file, 0o644)
  assert.equal(persistedSecret(file), 's'.repeat(40))
  assert.equal(modeOf(file), '600')
  writeFileSync(file, '')
  assert.throws(() => persistedSecret(file), /holds no secret: delete the file/)
})

test('four starts at the same time use one secret (PLT-13)', async () => {
  const file = join(folder, 'race')
  const path = join(import.meta.dirname, 'index.ts')
  const script = `import { persistedSecret } from ${JSON.stringify(path)}; process.stdout.write(persistedSecret(${JSON.stringify(file)}))`
  const start = async () => (await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])).stdout
  const secrets = await Promise.all([start(), start(), start(), start()])
  assert.equal(new Set(secrets).size, 1)
  assert.equal(secrets[0]?.length, 43)
})
