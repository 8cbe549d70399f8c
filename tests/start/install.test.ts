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

const repository = join(import.meta.dirname, '../..')
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

/** The lock file of a small repository: one package, the Node, a tool of the tests, and binaries of two platforms. */
const lock = {
  '': { name: 'posad' },
  'node_modules/tea': { version: '1.0.0', integrity: 'sha512-tea' },
  'node_modules/node': { version: '26.0.0', integrity: 'sha512-node' },
  'node_modules/tea-here': { version: '1.0.0', optional: true, os: [process.platform], cpu: [process.arch] },
  'node_modules/tea-elsewhere': { version: '1.0.0', optional: true, os: ['aix'], cpu: ['s390'] },
  'node_modules/tea-fallback': { version: '1.0.0', optional: true },
  'node_modules/oxlint': { version: '1.0.0', dev: true },
}
type Packages = Partial<Record<keyof typeof lock, object>>

/** An empty repository, and an `npm` on its path that prints its arguments and installs nothing. */
function newClone({ npmExit = 0 } = {}) {
  const root = mkdtempSync(join(clone, 'repository-'))
  const bin = join(root, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'npm'), `#!/bin/sh\necho "npm $1 $2 $3"\nexit ${npmExit}\n`, { mode: 0o755 })
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: lock }))
  copyFileSync(join(repository, 'scripts/install.mjs'), join(root, 'install.mjs'))
  return {
    root,
    /** Puts the Node and npm's list of installed packages in their places. */
    holds: (packages: Packages) => {
      mkdirSync(join(root, 'node_modules/.bin'), { recursive: true })
      writeFileSync(join(root, 'node_modules/.bin/node'), '')
      writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages }))
    },
    run: (...args: readonly string[]) => {
      const env = { PATH: `${bin}:${process.env['PATH']}` }
      return spawnSync(process.execPath, ['install.mjs', ...args], { cwd: root, env, encoding: 'utf8' })
    },
  }
}

const { '': _, 'node_modules/tea-elsewhere': _elsewhere, 'node_modules/tea-fallback': _fallback, ...complete } = lock
const { 'node_modules/oxlint': _tool, ...production } = complete

test('the packages that npm ci installed are taken as they are (PLT-13)', () => {
  const { holds, run } = newClone()
  holds(complete)
  for (const args of [[], ['--tools']]) assert.deepEqual([run(...args).status, run(...args).stdout], [0, ''])
})

test('a changed lock file, a missing package and a missing binary are installed over the rest (PLT-13)', () => {
  const { root, holds, run } = newClone()
  const { 'node_modules/tea': tea, ...withoutTea } = complete
  const { 'node_modules/tea-here': _binary, ...withoutBinary } = complete
  for (const packages of [
    { ...complete, 'node_modules/tea': { ...tea, version: '0.9.0' } },
    { ...complete, 'node_modules/tea': { ...tea, integrity: 'sha512-other' } },
    withoutTea,
    withoutBinary,
  ]) {
    holds(packages)
    assert.match(run('--tools').stdout, /^Installing packages[^\n]+\nnpm install --no-save --include=dev\n$/)
    // npm has installed what it can: the next command does not ask again.
    assert.equal(run('--tools').stdout, '')
    rmSync(join(root, 'node_modules/.installed'))
  }
})

test('a failed installation leaves the packages that are there (PLT-13)', () => {
  const { root, holds, run } = newClone({ npmExit: 1 })
  holds({ ...complete, 'node_modules/tea': { version: '0.9.0' } })
  const { status, stderr } = run()
  assert.deepEqual([status, existsSync(join(root, 'node_modules/.installed'))], [1, false])
  assert.match(stderr, /^posad: npm install failed, for the reason above\. [^\n]+\n$/)
  assert.ok(existsSync(join(root, 'node_modules/.bin/node')))
})

test('an installation without tools runs the shop, and gets its tools before the tests (PLT-13)', () => {
  const { holds, run } = newClone()
  holds(production)
  assert.equal(run().stdout, '')
  assert.match(run('--tools').stdout, /\nnpm install --no-save --include=dev\n$/)
  holds({ ...production, 'node_modules/tea': { version: '0.9.0' } })
  assert.match(run().stdout, /\nnpm install --no-save --omit=dev\n$/)
})

test('the scripts that need development packages install them (PLT-13)', () => {
  const { scripts } = read('package.json') as { scripts: Record<string, string> }
  for (const name of ['test', 'check', 'types', 'lint', 'faults', 'attacks', 'planted', 'mutants'])
    assert.equal(scripts[`pre${name}`], 'node scripts/install.mjs --tools', name)
  for (const name of ['start', 'demo', 'posad']) assert.equal(scripts[`pre${name}`], 'node scripts/install.mjs', name)
})

test('an installation that lacks the Node of the shop is not taken for complete (PLT-13)', () => {
  const { root, holds, run } = newClone()
  for (const attempt of ['first', 'second']) {
    const { status, stdout, stderr } = run()
    assert.deepEqual([status, existsSync(join(root, 'node_modules/.installed'))], [1, false], `${attempt} run`)
    assert.match(stdout, /^Installing packages[^\n]+\nnpm ci /)
    assert.match(stderr, /^posad: npm did not install the package node: [^\n]+\n$/)
  }
  holds(complete)
  assert.equal(run().status, 0)
  rmSync(join(root, 'node_modules/.bin/node'))
  assert.match(run().stdout, /^Installing packages/)
})

test('SIGTERM to npm start stops the shop and its database, even during the start (PLT-20)', async () => {
  const port = await freePort()
  const directory = mkdtempSync(join(tmpdir(), 'posad-npm-'))
  chmodSync(directory, 0o755)
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], POSAD_DATA: directory, APP_PORT: String(port) }
  // No script runs before it, because the packages are installed already.
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
