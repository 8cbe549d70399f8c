import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { copySources, root } from '../copy-sources.ts'
import { firstFailureOf } from '../first-failure.ts'
import { mutate, type Mutation } from './mutation.ts'

/** Returns what noticed a mutant: the name of a test, or `types`; undefined when it survived. */
export type Trial = (mutation: Mutation) => Promise<string | undefined>

type Needs = Readonly<{ copy: string; tests: readonly string[]; timeLimit: number }>

/**
 * Copies the sources twice, and measures how long tests without a mutant may run. Throws when the tests or the types fail
 * without a mutant: they would then notice every mutant.
 */
export async function openTrials(tests: readonly string[]): Promise<Readonly<{ trials: Trial[]; close: () => void }>> {
  const copies = [copySources()]
  const close = () => copies.forEach((copy) => rmSync(copy, { recursive: true, force: true }))
  try {
    const [copy = ''] = copies
    const started = performance.now()
    const [failure, typed] = await Promise.all([firstFailureOf(copy, tests, 600_000), hasTypes(copy)])
    if (failure !== undefined) throw new Error(`A test fails without a mutant: ${failure}`)
    if (!typed) throw new Error('The types fail without a mutant: run npm run types')
    const timeLimit = 60_000 + 3 * (performance.now() - started)
    const second = mkdtempSync(join(tmpdir(), 'posad-planted-'))
    copies.push(second)
    cpSync(copy, second, { recursive: true })
    return { trials: copies.map((one) => trialIn({ copy: one, tests, timeLimit })), close }
  } catch (error) {
    close()
    throw error
  }
}

/** Returns a function that tries mutants in a copy, one at a time. */
function trialIn({ copy, tests, timeLimit }: Needs): Trial {
  /** The tests beside the mutated file run first, then the types, then the other tests: most mutants end early. */
  async function noticedBy({ file }: Mutation): Promise<string | undefined> {
    const near = tests.filter((test) => dirname(test) === dirname(file))
    const far = tests.filter((test) => !near.includes(test))
    const failureOf = async (files: readonly string[]) =>
      files.length > 0 ? await firstFailureOf(copy, files, timeLimit) : undefined
    return (await failureOf(near)) ?? ((await hasTypes(copy)) ? await failureOf(far) : 'types')
  }

  return async (mutation) => {
    const path = join(copy, mutation.file)
    const source = readFileSync(path, 'utf8')
    writeFileSync(path, mutate(source, mutation))
    try {
      return await noticedBy(mutation)
    } finally {
      writeFileSync(path, source)
    }
  }
}

/** Checks the types of a copy. The compiler stores what it knows in the copy and reads only the mutated file again. */
async function hasTypes(copy: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const args = ['--incremental', '--tsBuildInfoFile', join(copy, 'types.tsbuildinfo')]
  execFile(join(root, 'node_modules/.bin/tsc'), args, { cwd: copy, maxBuffer: 2 ** 26 }, (error) => resolve(!error))
  return await promise
}
