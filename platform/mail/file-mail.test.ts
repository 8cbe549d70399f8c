import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileMail } from './index.ts'
import { mailContract } from './mail.contract.ts'

const open = async () => {
  const root = await mkdtemp(join(tmpdir(), 'posad-mail-'))
  const directory = join(root, 'mail')
  const transport = fileMail({ directory, from: 'Tea and flowers <shop@example.org>' })
  const files = async () => await readdir(directory).catch(() => [])
  return {
    directory,
    transport,
    arrived: async () => await Promise.all((await files()).map((file) => readFile(join(directory, file), 'utf8'))),
    close: () => rm(root, { recursive: true }),
  }
}

mailContract('a directory of files', open)

test('only the owner of the process can read the files, and a second attempt adds none (ID-13)', async () => {
  const { directory, transport, close } = await open()
  const mail = { id: 'one', to: 'anna@example.org', subject: 'Hello', text: 'Hello', html: '<p>Hello</p>' }
  await transport.send(mail)
  await transport.send(mail)
  assert.deepEqual(await readdir(directory), ['one.eml'])
  assert.equal((await stat(join(directory, 'one.eml'))).mode & 0o077, 0)
  assert.equal((await stat(directory)).mode & 0o077, 0)
  await close()
})
