// Installs what is missing, before every command. Plain JavaScript: it runs on whatever Node came with npm.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const stamp = 'node_modules/.installed'
const wanted = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex')

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  console.log('Installing packages (once, some 100 MB to fetch) …')
  const { status } = spawnSync('npm', ['install', '--no-save', '--loglevel=error', '--no-audit', '--no-fund'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) {
    console.error(
      'posad: the packages could not be installed; npm says why above. Is the registry reachable and the folder writable?',
    )
    process.exit(1)
  }
  writeFileSync(stamp, wanted)
}
