import { spawnSync } from 'node:child_process'
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { globalSetup, globalTeardown } from '../../../platform/testing/setup.ts'
import { copySources, root } from '../copy-sources.ts'
import { firstFailureOf } from '../first-failure.ts'
import { reasonOf } from './equivalents.ts'
import { findMutations } from './find-mutations.ts'
import { describeMutation, mutate, type Mutation } from './mutation.ts'
import { isMutated, parts, type Part } from './parts.ts'

// Makes random mutants of a part and requires that the tests of the part, or the types, notice 90 % of them.
// `npm run mutants -- payments --count 100 --seed 7`; the same seed chooses the same mutants of the same sources.

const say = (line: string) => process.stdout.write(`${line}\n`)

/** The share of mutants that the tests must notice. */
const bar = 0.9

const sourceOf = (file: string) => readFileSync(join(root, file), 'utf8')

function chooseMutations({ sources }: Part, count: number, seed: number): readonly Mutation[] {
  const files = globSync(`${sources}/**/*.ts`, { cwd: root }).filter(isMutated).toSorted()
  const all = files.flatMap((file) => findMutations(file, sourceOf(file)))
  const length = Math.min(count, all.length)
  const [chosen = []] = fc.sample(fc.shuffledSubarray(all, { minLength: length, maxLength: length }), {
    seed,
    numRuns: 1,
  })
  return chosen
}

/** Returns the name of the test that noticed a mutant; undefined when it survived. The tests beside the mutated file run first: most mutants end there. */
async function noticedBy(copy: string, mutation: Mutation, tests: readonly string[]): Promise<string | undefined> {
  const path = join(copy, mutation.file)
  writeFileSync(path, mutate(sourceOf(mutation.file), mutation))
  try {
    const near = tests.filter((test) => dirname(test) === dirname(mutation.file))
    const far = tests.filter((test) => !near.includes(test))
    for (const files of [near, far]) {
      const failure = files.length > 0 ? await firstFailureOf(copy, files) : undefined
      if (failure !== undefined) return failure
    }
    const types = spawnSync(join(root, 'node_modules/.bin/tsc'), { cwd: copy })
    return types.status === 0 ? undefined : 'the types'
  } finally {
    writeFileSync(path, sourceOf(mutation.file))
  }
}

/** Tries the mutants in two copies at once. Returns the survivors that no reason explains. */
async function tryAll(mutations: readonly Mutation[], tests: readonly string[]): Promise<readonly Mutation[]> {
  const waiting = [...mutations]
  const survivors: Mutation[] = []
  const work = async () => {
    const copy = copySources()
    for (let mutation = waiting.shift(); mutation; mutation = waiting.shift()) {
      const source = sourceOf(mutation.file)
      const noticed = await noticedBy(copy, mutation, tests)
      const reason = noticed === undefined ? reasonOf(source, mutation) : undefined
      if (noticed === undefined && reason === undefined) survivors.push(mutation)
      const result = noticed === undefined ? `SURVIVED ${reason ? `(${reason})` : ''}` : 'noticed '
      say(`${result} ${describeMutation(source, mutation)}${noticed ? `    by: ${noticed}` : ''}`)
    }
    rmSync(copy, { recursive: true, force: true })
  }
  await Promise.all([work(), work()])
  return survivors
}

async function runPart(name: string, { count, seed }: Readonly<{ count: number; seed: number }>): Promise<boolean> {
  const part = parts[name]
  if (!part) throw new Error(`There is no part "${name}". The parts are ${Object.keys(parts).join(', ')}.`)
  const tests = part.tests.flatMap((folder) => globSync(`${folder}/**/*.test.ts`, { cwd: root }))
  const mutations = chooseMutations(part, count, seed)
  const survivors = await tryAll(mutations, tests)
  const noticed = mutations.length - survivors.length
  say(
    `${name}: ${mutations.length} mutants with seed ${seed}, ${noticed} noticed or explained, ${survivors.length} survived`,
  )
  return noticed >= bar * mutations.length
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' } },
})
await globalSetup()
try {
  const names = positionals.length > 0 ? positionals : Object.keys(parts)
  for (const name of names) {
    const enough = await runPart(name, { count: Number(values.count), seed: Number(values.seed) })
    if (!enough) process.exitCode = 1
  }
} finally {
  await globalTeardown()
}
