import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { globalSetup, globalTeardown } from '../../../platform/testing/setup.ts'
import { root } from '../copy-sources.ts'
import { reasonOf } from './equivalents.ts'
import { findMutations } from './find-mutations.ts'
import { describeMutation, type Mutation } from './mutation.ts'
import { isMutated, parts, type Part } from './parts.ts'
import { openTrials, type Trial } from './trial.ts'

// Makes random mutants of a part and requires that the tests of the part, or the types, notice 90 % of them.
// `npm run mutants -- payments --count 100 --seed 7`; the same seed chooses the same mutants of the same sources.
// `--minutes 8` takes no further mutant after eight minutes: those that were tried are a random choice too.
// `--file store.ts` mutates only files whose path contains the text.

const say = (line: string) => process.stdout.write(`${line}\n`)

/** The share of mutants that the tests must notice. */
const bar = 0.9

type Choice = Readonly<{ count: number; seed: number; minutes: number; file: string }>

const sourceOf = (file: string) => readFileSync(join(root, file), 'utf8')

function chooseMutations({ sources }: Part, { count, seed, file }: Choice): readonly Mutation[] {
  const paths = globSync(`${sources}/**/*.ts`, { cwd: root }).filter(isMutated)
  const files = paths.filter((path) => path.includes(file)).toSorted()
  const all = files.flatMap((file) => findMutations(file, sourceOf(file)))
  const length = Math.min(count, all.length)
  const [chosen = []] = fc.sample(fc.shuffledSubarray(all, { minLength: length, maxLength: length }), {
    seed,
    numRuns: 1,
  })
  return chosen
}

type Count = Record<'tried' | 'by tests' | 'by types' | 'explained' | 'survived', number>

/** Tries mutants in two copies at once until `deadline`, says the result of each, and counts the results. */
async function tryAll(mutations: readonly Mutation[], tests: readonly string[], deadline: number): Promise<Count> {
  const waiting = [...mutations]
  const count: Count = { tried: 0, 'by tests': 0, 'by types': 0, explained: 0, survived: 0 }
  const tryNext = async (tried: Trial) => {
    const mutation = Date.now() < deadline ? waiting.shift() : undefined
    if (!mutation) return false
    const source = sourceOf(mutation.file)
    const noticed = await tried(mutation)
    const reason = noticed === undefined ? reasonOf(source, mutation) : undefined
    count.tried++
    count[noticed === 'types' ? 'by types' : noticed ? 'by tests' : reason ? 'explained' : 'survived']++
    const result = noticed ? 'noticed  ' : reason ? 'explained' : 'SURVIVED '
    say(`${result} ${describeMutation(source, mutation)}    ${noticed ? `by: ${noticed}` : (reason ?? '')}`)
    return true
  }
  const { trials, close } = await openTrials(tests)
  const work = async (tried: Trial) => {
    while (await tryNext(tried));
  }
  await Promise.all(trials.map(work)).finally(close)
  return count
}

async function runPart(name: string, choice: Choice): Promise<boolean> {
  const part = parts[name]
  if (!part) throw new Error(`There is no part "${name}". The parts are ${Object.keys(parts).join(', ')}.`)
  const tests = part.tests.flatMap((folder) => globSync(`${folder}/**/*.test.ts`, { cwd: root }))
  const mutations = chooseMutations(part, choice)
  const results = await tryAll(mutations, tests, Date.now() + choice.minutes * 60_000)
  const words = Object.entries(results).map(([result, number]) => `${number} ${result}`)
  say(`${name}: ${mutations.length} mutants with seed ${choice.seed}: ${words.join(', ')}`)
  return results.tried > 0 && results.survived <= (1 - bar) * results.tried
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '600' },
    file: { type: 'string', default: '' },
  },
})
const { file } = values
const choice = { count: Number(values.count), seed: Number(values.seed), minutes: Number(values.minutes), file }
await globalSetup()
try {
  const names = positionals.length > 0 ? positionals : Object.keys(parts)
  for (const name of names) if (!(await runPart(name, choice))) process.exitCode = 1
} finally {
  await globalTeardown()
}
