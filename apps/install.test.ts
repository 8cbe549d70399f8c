import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { freePort } from '#platform/db'
import { eventually } from '#platform/testing'

const repository = join(import.meta.dirname, '..')
const clone = mkdtempSync(join(tmpdir(), 'posad-install-'))
after(() => rmSync(clone, { recursive: true }))

type Package = Readonly<{ dev?: boolean; dependencies?: Readonly<Record<string, string>> }>
const read = (name: string): unknown => JSON.parse(readFileSync(join(repository, name), 'utf8'))

test('an installation without development packages has the Node that runs the shop (PLT-13)', () => {
  const { dependencies } = read('package.json') as Package
  assert.ok(dependencies?.['node'])
  const { packages } = read('package-lock.json') as { packages: Record<string, Package> }
  assert.equal(packages['']?.dependencies?.['node'], dependencies['node'])
  const names = ['node', ...Object.keys(packages['node_modules/node']?.dependencies ?? {})]
  for (const name of names) assert.equal(packages[`node_modules/${name}`]?.dev, undefined, name)
})

test('an installation that lacks the Node of the shop or the tools of the tests is not taken for complete (PLT-13)', () => {
  const bin = join(clone, 'bin')
  const nodeOfTheShop = join(clone, 'node_modules/.bin/node')
  mkdirSync(bin)
  mkdirSync(join(nodeOfTheShop, '..'), { recursive: true })
  writeFileSync(join(bin, 'npm'), '#!/bin/sh\necho "npm $1"\n', { mode: 0o755 })
  writeFileSync(join(clone, 'package-lock.json'), '{}')
  copyFileSync(join(repository, 'scripts/install.mjs'), join(clone, 'install.mjs'))
  const install = (settings: Readonly<Record<string, string>> = {}) => {
    const env = { PATH: `${bin}:${process.env['PATH']}`, ...settings }
    return spawnSync(process.execPath, ['install.mjs'], { cwd: clone, env, encoding: 'utf8' })
  }
  for (const run of ['first', 'second']) {
    const { status, stdout, stderr } = install()
    assert.deepEqual([status, existsSync(join(clone, 'node_modules/.installed'))], [1, false], `${run} run`)
    assert.match(stdout, /^Installing packages[^\n]+\nnpm ci\n/)
    assert.match(stderr, /^posad: npm ci did not install the package node: [^\n]+\n$/)
  }
  const production = { NODE_ENV: 'production' }
  writeFileSync(nodeOfTheShop, '')
  assert.equal(install(production).status, 0)
  assert.equal(install(production).stdout, '')
  assert.match(install().stdout, /^Installing packages/)
  writeFileSync(join(clone, 'node_modules/.bin/oxlint'), '')
  assert.equal(install().stdout, '')
  rmSync(nodeOfTheShop)
  assert.match(install().stdout, /^Installing packages/)
})

test('SIGTERM to npm start stops the shop and its database, even during the start (PLT-20)', async () => {
  const port = await freePort()
  const directory = mkdtempSync(join(tmpdir(), 'posad-npm-'))
  chmodSync(directory, 0o755)
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], POSAD_DATA: directory, APP_PORT: String(port) }
  // Without scripts before it: the packages are installed already.
  // A copy by links: the `.env` of the repository belongs to the developer.
  const copy = mkdtempSync(join(tmpdir(), 'posad-copy-'))
  for (const name of readdirSync(repository).filter((one) => !['.env', '.git', '.posad'].includes(one)))
    symlinkSync(join(repository, name), join(copy, name))
  const npm = spawn('npm', ['start', '--ignore-scripts'], { cwd: copy, env, stdio: 'pipe', detached: true })
  let output = ''
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()))
  try {
    await eventually(async () => assert.ok(output.includes('Applied'), output), { within: 40_000 })
    npm.kill('SIGTERM')
    await once(npm, 'close', { signal: AbortSignal.timeout(20_000) })
    assert.match(output, /Stopped\./)
    await assert.rejects(fetch(`http://127.0.0.1:${port}/health`))
    assert.equal(existsSync(join(directory, 'postgres/postmaster.pid')), false)
  } finally {
    try {
      process.kill(-(npm.pid ?? 0), 'SIGTERM')
    } catch {
      // the shop has stopped
    }
    rmSync(directory, { recursive: true, force: true })
    rmSync(copy, { recursive: true })
  }
})
