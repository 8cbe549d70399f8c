import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { findEmbedded } from '#platform/db'

let directory = ''
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'posad-stop-'))
  // The server of root runs as another user, who must reach it.
  chmodSync(directory, 0o755)
})
after(() => rmSync(directory, { recursive: true, force: true }))

/** A program that opens the database, and then works until something ends it. */
const program = `
  const { openDatabase } = await import('${join(import.meta.dirname, 'open-database.ts')}')
  const { readAppConfig } = await import('${join(import.meta.dirname, '../config/config.ts')}')
  process.on('SIGUSR2', () => { throw new Error('a stream failed') })
  process.on('SIGALRM', () => void Promise.reject(new Error('a promise failed')))
  await openDatabase({ config: readAppConfig(process.env), announce: () => {}, schema: 'migrate' })
  process.stdout.write('open')
  setInterval(() => {}, 1000)`

async function open(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { PATH: process.env['PATH'], POSAD_DATA: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(() => assert.fail('the program has ended'))])
  return child
}

const endings = [
  { signal: 'SIGTERM', code: 143, line: 'ended by SIGTERM' },
  { signal: 'SIGINT', code: 130, line: 'ended by SIGINT' },
  { signal: 'SIGHUP', code: 129, line: 'ended by SIGHUP' },
  { signal: 'SIGUSR2', code: 1, line: 'Error: a stream failed' },
  { signal: 'SIGALRM', code: 1, line: 'Error: a promise failed' },
] as const

for (const { signal, code, line } of endings)
  test(`a command that ${signal} ends stops its database and says why (PLT-21)`, { timeout: 120_000 }, async () => {
    const child = await open()
    assert.ok(findEmbedded(directory), 'the database runs')
    assert.ok(child.stderr)
    const printed = text(child.stderr)
    child.kill(signal)
    assert.deepEqual(await once(child, 'exit'), [code, null])
    assert.equal((await printed).split('\n', 1)[0], `posad: ${line}`)
    assert.equal(findEmbedded(directory), undefined)
  })
