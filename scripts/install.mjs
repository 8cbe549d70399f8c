// Installs missing packages before a command. It is plain JavaScript, because any Node that comes with npm has to run it.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs'

const stamp = 'node_modules/.installed'
/** Tests and checks need the development packages, which an installation under NODE_ENV=production leaves out. */
const hasTools = () => process.env.NODE_ENV === 'production' || existsSync('node_modules/.bin/oxlint')
/** The package `node` downloads the Node that runs Posad: an older one cannot run TypeScript. */
const hasNode = () => existsSync('node_modules/.bin/node')
const lockHash = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex')

/** A link shares the packages of another folder; `npm ci` would delete them there. */
const isShared = () => existsSync('node_modules') && lstatSync('node_modules').isSymbolicLink()

if (isShared()) {
  if (!hasNode()) fail('node_modules is a link to a folder without packages: run npm ci there')
} else if (!hasNode() || !hasTools() || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== lockHash) {
  console.log('Installing packages (once, about 100 MB) …')
  const { status } = spawnSync('npm', ['ci', '--loglevel=error', '--no-audit', '--no-fund'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) fail('npm ci failed, for the reason above. Is the registry reachable, and is the folder writable?')
  if (!hasNode())
    fail('npm ci did not install the package node: allow its install script (ignore-scripts=false) and start again')
  writeFileSync(stamp, lockHash)
}

function fail(line) {
  console.error(`posad: ${line}`)
  process.exit(1)
}
