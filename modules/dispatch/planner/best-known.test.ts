import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseInstance } from './parse-pdptw.ts'
import { problemOf } from './pdptw.ts'
import { solve } from './solve.ts'
import { verifyPlan } from './verify-pdptw.ts'

/** The instances of Li and Lim are not part of the repository. */
const folder = join(import.meta.dirname, '../../../../shared/data/pdptw')

for (const [name, vehicles, distance] of [
  ['lc101', 10, 828.94],
  ['lr101', 19, 1650.8],
  ['lrc108', 10, 1147.43],
] as const)
  test(`the plan of ${name} is as good as the best known one (PERF-7)`, { skip: !existsSync(folder) }, () => {
    const parsed = parseInstance(readFileSync(join(folder, `${name}.txt`), 'utf8'))
    assert.ok(parsed.kind === 'parsed')
    const { instance } = parsed
    const solution = solve({
      problem: problemOf(instance),
      budget: { unit: 'places', count: 30e6 },
      seed: 1,
      islands: 1,
    })
    const routes = solution.routes.filter((route) => route.length > 0)
    const verified = verifyPlan(
      instance,
      routes.map((route) => route.map((node) => instance.tasks[node]!.id)),
    )
    assert.deepEqual(verified.violations, [])
    assert.equal(routes.length, vehicles)
    assert.ok(verified.distance < distance + 0.01, `${verified.distance}`)
  })
