import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { globalSetup, globalTeardown } from '../../platform/testing/setup.ts'
import type { Bug } from './bug.ts'
import { bugs } from './bugs.ts'
import { plantIn } from './plant.ts'

// Plants one bug at a time in a copy of the house and demands that the test it names fails. `npm run planted -- WORD`
// takes only the bugs whose sentence, file or test has the word.

const app = join(import.meta.dirname, '../..')
const left = new Set(['node_modules', '.git', '.posad'])
const say = (line: string) => process.stdout.write(`${line}\n`)

/** A copy of the house that shares its packages. */
function copyApp(): string {
  const copy = mkdtempSync(join(tmpdir(), 'posad-planted-'))
  cpSync(app, copy, { recursive: true, filter: (source) => source === app || !left.has(basename(source)) })
  symlinkSync(join(app, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

/** What came of a test file in the copy. */
function run(copy: string, file: string): 'passes' | 'fails' {
  // A test that hangs is a test that fails.
  const words = ['--test', '--test-timeout=60000', file]
  const { status } = spawnSync(process.execPath, words, { cwd: copy, stdio: 'ignore', timeout: 120_000 })
  return status === 0 ? 'passes' : 'fails'
}

/** True when the test it names fails with the bug. */
function isCaught(copy: string, bug: Bug): boolean {
  const path = join(copy, bug.file)
  const source = readFileSync(path, 'utf8')
  writeFileSync(path, plantIn(source, bug))
  const outcome = run(copy, bug.caughtBy)
  writeFileSync(path, source)
  return outcome === 'fails'
}

async function plantAll(word: string): Promise<number> {
  const chosen = bugs.filter(({ what, file, caughtBy }) => `${what} ${file} ${caughtBy}`.includes(word))
  await globalSetup()
  const copy = copyApp()
  try {
    const tests = [...new Set(chosen.map(({ caughtBy }) => caughtBy))]
    const broken = tests.filter((file) => run(copy, file) === 'fails')
    for (const file of broken) say(`fails without any bug: ${file}`)
    const missed: Bug[] = []
    for (const bug of chosen.filter(({ caughtBy }) => !broken.includes(caughtBy))) {
      const caught = isCaught(copy, bug)
      if (!caught) missed.push(bug)
      say(`${caught ? 'caught' : 'MISSED'}  ${bug.what}${caught ? '' : ` (${bug.file}, ${bug.caughtBy})`}`)
    }
    say(`${chosen.length} bugs planted, ${missed.length} missed, ${broken.length} tests that fail by themselves`)
    return missed.length + broken.length
  } finally {
    rmSync(copy, { recursive: true, force: true })
    await globalTeardown()
  }
}

process.exitCode = (await plantAll(process.argv[2] ?? '')) === 0 ? 0 : 1
