// Installs missing packages before a command. It is plain JavaScript, because any Node that comes with npm has to run it.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const stamp = 'node_modules/.installed'
const lockHash = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex')

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lockHash) {
  console.log('Installing packages (once, about 100 MB) …')
  const { status } = spawnSync('npm', ['install', '--no-save', '--loglevel=error', '--no-audit', '--no-fund'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) {
    console.error(
      'posad: npm install failed, for the reason above. Is the registry reachable, and is the folder writable?',
    )
    process.exit(1)
  }
  writeFileSync(stamp, lockHash)
}
