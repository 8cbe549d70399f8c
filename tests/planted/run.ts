import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { globalSetup, globalTeardown } from '../../platform/testing/setup.ts'
import type { Bug } from './bug.ts'
import { bugs } from './bugs.ts'
import { plantIn } from './plant.ts'

// Plants one bug at a time in a copy of the sources and requires that the named test fails. `npm run planted -- WORD`
// takes the bugs whose description, file or test contains the word.

const root = join(import.meta.dirname, '../..')
const excluded = new Set(['node_modules', '.git', '.posad'])
const say = (line: string) => process.stdout.write(`${line}\n`)

/** Copies the sources; the copy shares the installed packages. */
function copySources(): string {
  const copy = mkdtempSync(join(tmpdir(), 'posad-planted-'))
  cpSync(root, copy, { recursive: true, filter: (source) => source === root || !excluded.has(basename(source)) })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

/** Runs a test file of the copy. Returns the name of the first test that fails; undefined when all pass. */
function firstFailureOf(copy: string, file: string): string | undefined {
  const args = ['--test', '--test-reporter=tap', '--test-timeout=60000', file]
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8', timeout: 120_000 })
  if (status === 0) return undefined
  return /^ *not ok \d+ - (.+)$/m.exec(stdout)?.[1] ?? 'the tests did not end within two minutes'
}

/** Runs the named test with the bug. */
function firstFailureWith(copy: string, bug: Bug): string | undefined {
  const path = join(copy, bug.file)
  const source = readFileSync(path, 'utf8')
  writeFileSync(path, plantIn(source, bug))
  const failure = firstFailureOf(copy, bug.caughtBy)
  writeFileSync(path, source)
  return failure
}

async function plantAll(word: string): Promise<number> {
  const chosen = bugs.filter(({ description, file, caughtBy }) => `${description} ${file} ${caughtBy}`.includes(word))
  await globalSetup()
  const copy = copySources()
  try {
    const tests = [...new Set(chosen.map(({ caughtBy }) => caughtBy))]
    const broken = tests.filter((file) => firstFailureOf(copy, file) !== undefined)
    for (const file of broken) say(`fails without a bug: ${file}`)
    const missed: Bug[] = []
    for (const bug of chosen.filter(({ caughtBy }) => !broken.includes(caughtBy))) {
      const failure = firstFailureWith(copy, bug)
      if (failure === undefined) missed.push(bug)
      say(
        failure === undefined
          ? `MISSED  ${bug.description} (${bug.file}, ${bug.caughtBy})`
          : `caught  ${bug.description}: ${failure}`,
      )
    }
    say(`${chosen.length} bugs planted, ${missed.length} missed, ${broken.length} tests that fail without a bug`)
    return missed.length + broken.length
  } finally {
    rmSync(copy, { recursive: true, force: true })
    await globalTeardown()
  }
}

process.exitCode = (await plantAll(process.argv[2] ?? '')) === 0 ? 0 : 1
