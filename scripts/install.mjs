// Installs missing packages before a command. It is plain JavaScript, because any Node that comes with npm has to run it.
// With --tools it also requires the development packages, which tests and checks need.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs'

const needsTools = process.argv.includes('--tools')
/** npm's own list of the packages that it installed. */
const installedList = 'node_modules/.package-lock.json'
/** The lock file that npm installed completely, though its list lacks a package that this platform seems to need. */
const stamp = 'node_modules/.installed'
const lock = readFileSync('package-lock.json')
const stampText = `${createHash('sha256').update(lock).digest('hex')}${needsTools ? ' with tools' : ''}`

/** A link shares the packages of another folder; npm would change them there. */
const isShared = existsSync('node_modules') && lstatSync('node_modules').isSymbolicLink()

if (isShared) {
  if (!hasNode()) fail('node_modules is a link to a folder without packages: run npm ci there')
} else if (!isInstalled()) {
  install()
}

function install() {
  console.log('Installing packages (once, about 400 MB on disk) …')
  // npm install replaces what differs, and restores the folder when it fails. npm ci deletes the folder first, so only a
  // folder that cannot run Posad is left to it.
  const command = hasNode() && existsSync(installedList) ? ['install', '--no-save'] : ['ci']
  const { status } = spawnSync('npm', [...command, ...whichPackages(), '--loglevel=error', '--no-audit', '--no-fund'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0)
    fail(`npm ${command[0]} failed, for the reason above. Is the registry reachable, and is the folder writable?`)
  if (!hasNode())
    fail('npm did not install the package node: allow its install script (ignore-scripts=false) and start again')
  if (!hasPackages()) writeFileSync(stamp, stampText)
}

/** An installation with tools keeps them, one without stays without; npm decides for a new one. */
function whichPackages() {
  if (needsTools) return ['--include=dev']
  if (!existsSync(installedList)) return []
  return Object.values(packagesOf(readFileSync(installedList))).some(({ dev }) => dev)
    ? ['--include=dev']
    : ['--omit=dev']
}

function isInstalled() {
  return hasNode() && (hasPackages() || (existsSync(stamp) && readFileSync(stamp, 'utf8') === stampText))
}

/** The package `node` downloads the Node that runs Posad: an older one cannot run TypeScript. */
function hasNode() {
  return existsSync('node_modules/.bin/node')
}

/** True when npm installed every package of the lock file that this platform needs, in the same version. */
function hasPackages() {
  if (!existsSync(installedList)) return false
  const installed = packagesOf(readFileSync(installedList))
  return Object.entries(packagesOf(lock)).every(([path, { version, integrity, ...kind }]) => {
    if (path === '') return true
    const found = installed[path]
    if (!found) return !isNeeded(kind)
    return found.version === version && found.integrity === integrity
  })
}

function packagesOf(text) {
  return JSON.parse(text).packages ?? {}
}

/** An optional package is needed when it names this platform: it then holds the binary of another package. */
function isNeeded({ dev, devOptional, optional, os, cpu, libc }) {
  if ((dev || devOptional) && !needsTools) return false
  if (!optional && !devOptional) return true
  return (os || cpu) && allows(os, process.platform) && allows(cpu, process.arch) && (!libc || allows(libc, libcName()))
}

function allows(names, name) {
  return !names || names.includes(name) || (names.every((one) => one.startsWith('!')) && !names.includes(`!${name}`))
}

function libcName() {
  process.report.excludeNetwork = true
  return process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl'
}

function fail(line) {
  console.error(`posad: ${line}`)
  process.exit(1)
}
