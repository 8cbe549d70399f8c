import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync, existsSync, readdirSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { cli, posad, temporaryDirectory } from './shop-process.ts'

/** Runs a command that fails, and returns the one line that it prints; there is no stack trace. */
function refusal(...parameters: Parameters<typeof posad>): string {
  const { status, stdout, stderr } = posad(...parameters)
  assert.deepEqual([status, stdout], [1, ''], stderr)
  assert.match(stderr, /^posad: [^\n]+\n$/)
  return stderr
}

test('the start names a port that another program uses before it creates a database (PLT-13)', async () => {
  const otherProgram = createServer().listen(0, '127.0.0.1')
  await once(otherProgram, 'listening')
  const { port } = otherProgram.address() as AddressInfo
  const directory = temporaryDirectory()
  try {
    const line = refusal('start', { POSAD_DATA: directory, APP_PORT: String(port) })
    assert.ok(line.includes(`127.0.0.1:${port} is taken`) && line.includes(`APP_PORT=${port + 1}`), line)
  } finally {
    otherProgram.close()
  }
  assert.equal(existsSync(join(directory, 'postgres')), false)
})

test('the start names a directory that it cannot write, and the variable that chooses another one (PLT-13)', (t) => {
  const directory = temporaryDirectory()
  chmodSync(directory, 0o555)
  const otherUser = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined
  if (otherUser && posad('--version', {}, otherUser).status !== 0) return t.skip(`another user cannot read ${cli}`)
  const line = refusal('start', { POSAD_DATA: directory, APP_PORT: '0' }, otherUser)
  assert.ok(line.includes(directory) && line.includes('POSAD_DATA'), line)
})

test('the start names a wrong setting and the expected value, and creates nothing (PLT-11)', () => {
  const directory = temporaryDirectory()
  assert.match(refusal('start', { POSAD_DATA: directory, APP_PORT: 'soon' }), /APP_PORT .*"soon".* whole number/)
  assert.doesNotMatch(refusal('start', { POSAD_DATA: directory, JWT_SECRET: 'my-secret' }), /my-secret/)
  assert.deepEqual(readdirSync(directory), [])
})

test('the demo ends with a delivered order and no broken invariant, and leaves no files (PLT-21)', () => {
  const directory = temporaryDirectory()
  const { status, stdout, stderr } = posad('demo', { TMPDIR: directory })
  assert.equal(status, 0, stderr)
  assert.match(stdout, /order-fulfilled +fulfilled/)
  assert.match(stdout, /\d+ invariants hold/)
  assert.deepEqual(readdirSync(directory), [])
})
