import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { globalSetup, globalTeardown } from '../../platform/testing/setup.ts'
import type { Bug } from './bug.ts'
import { bugs } from './bugs.ts'
import { copySources } from './copy-sources.ts'
import { firstFailureOf } from './first-failure.ts'
import { plantIn } from './plant.ts'

// Plants one bug at a time in a copy of the sources and requires that the named test fails. `npm run planted -- WORD`
// takes the bugs whose description, file or test contains the word.

const say = (line: string) => process.stdout.write(`${line}\n`)

/** Runs the named test with the bug. */
async function firstFailureWith(copy: string, bug: Bug): Promise<string | undefined> {
  const path = join(copy, bug.file)
  const source = readFileSync(path, 'utf8')
  writeFileSync(path, plantIn(source, bug))
  const failure = await firstFailureOf(copy, [bug.caughtBy])
  writeFileSync(path, source)
  return failure
}

async function plantAll(word: string): Promise<number> {
  const chosen = bugs.filter(({ description, file, caughtBy }) => `${description} ${file} ${caughtBy}`.includes(word))
  await globalSetup()
  const copy = copySources()
  try {
    const tests = [...new Set(chosen.map(({ caughtBy }) => caughtBy))]
    const broken: string[] = []
    for (const file of tests) {
      if ((await firstFailureOf(copy, [file])) === undefined) continue
      broken.push(file)
      say(`fails without a bug: ${file}`)
    }
    const missed: Bug[] = []
    for (const bug of chosen.filter(({ caughtBy }) => !broken.includes(caughtBy))) {
      const failure = await firstFailureWith(copy, bug)
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
