import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync, existsSync, readdirSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { cli, posad, temporaryDirectory } from './shop-process.ts'

/** A command that fails with one line for a person, and no stack. */
function refusal(...asked: Parameters<typeof posad>): string {
  const { status, stdout, stderr } = posad(...asked)
  assert.deepEqual([status, stdout], [1, ''], stderr)
  assert.match(stderr, /^posad: [^\n]+\n$/)
  return stderr
}

test('a port taken by another program is told before any database is made (PLT-13)', async () => {
  const stranger = createServer().listen(0, '127.0.0.1')
  await once(stranger, 'listening')
  const { port } = stranger.address() as AddressInfo
  const directory = temporaryDirectory()
  try {
    const line = refusal('start', { POSAD_DATA: directory, APP_PORT: String(port) })
    assert.ok(line.includes(`127.0.0.1:${port} is taken`) && line.includes(`APP_PORT=${port + 1}`), line)
  } finally {
    stranger.close()
  }
  assert.equal(existsSync(join(directory, 'postgres')), false)
})

test('a directory that cannot be written is named, and the variable that moves it (PLT-13)', (t) => {
  const directory = temporaryDirectory()
  chmodSync(directory, 0o555)
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined
  if (nobody && posad('--version', {}, nobody).status !== 0) return t.skip(`another user cannot read ${cli}`)
  const line = refusal('start', { POSAD_DATA: directory, APP_PORT: '0' }, nobody)
  assert.ok(line.includes(directory) && line.includes('POSAD_DATA'), line)
})

test('a wrong setting is named with what it should be, and nothing is made (PLT-11)', () => {
  const directory = temporaryDirectory()
  assert.match(refusal('start', { POSAD_DATA: directory, APP_PORT: 'soon' }), /APP_PORT .*"soon".* whole number/)
  assert.doesNotMatch(refusal('start', { POSAD_DATA: directory, JWT_SECRET: 'my-secret' }), /my-secret/)
  assert.deepEqual(readdirSync(directory), [])
})

test('the demo ends with a delivered order and balanced books, and leaves nothing behind (PLT-21)', () => {
  const directory = temporaryDirectory()
  const { status, stdout, stderr } = posad('demo', { TMPDIR: directory })
  assert.equal(status, 0, stderr)
  assert.match(stdout, /order-fulfilled +fulfilled/)
  assert.match(stdout, /\d+ invariants hold/)
  assert.deepEqual(readdirSync(directory), [])
})
