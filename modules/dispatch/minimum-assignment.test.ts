import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as highs from 'highs'
import { munkres } from 'munkres'
import { forbidden, minimumAssignment } from './minimum-assignment.ts'

const costOf = (costs: readonly (readonly number[])[], columns: readonly (number | undefined)[]) =>
  columns.reduce<number>((sum, column, row) => sum + (column === undefined ? 0 : costs[row]![column]!), 0)

const matrix = (most: number) =>
  fc
    .record({ rows: fc.integer({ min: 1, max: most }), columns: fc.integer({ min: 1, max: most }) })
    .chain(({ rows, columns }) =>
      fc.array(fc.array(fc.integer({ min: -50, max: 1000 }), { minLength: columns, maxLength: columns }), {
        minLength: rows,
        maxLength: rows,
      }),
    )

test('the assignment costs as little as that of munkres (DSP-8)', () => {
  fc.assert(
    fc.property(matrix(12), (costs) => {
      const columns = minimumAssignment(costs)
      const used = columns.filter((column) => column !== undefined)
      assert.equal(new Set(used).size, used.length)
      assert.equal(used.length, Math.min(costs.length, costs[0]!.length))
      const theirs = munkres(costs.map((row) => [...row])) as [number, number][]
      assert.equal(
        costOf(costs, columns),
        theirs.reduce((sum, [row, column]) => sum + costs[row]![column]!, 0),
      )
    }),
    { numRuns: 300 },
  )
})

test('an assignment of 200 by 200 takes less than 20 ms and costs what munkres finds (DSP-8)', () => {
  let seed = 7
  const draw = () => (seed = (seed * 48_271) % 2_147_483_647) % 1000
  const costs = Array.from({ length: 200 }, () => Array.from({ length: 200 }, draw))
  minimumAssignment(costs)
  const times = Array.from({ length: 5 }, () => {
    const started = performance.now()
    minimumAssignment(costs)
    return performance.now() - started
  })
  const theirs = munkres(costs.map((row) => [...row])) as [number, number][]
  assert.equal(
    costOf(costs, minimumAssignment(costs)),
    theirs.reduce((sum, [row, column]) => sum + costs[row]![column]!, 0),
  )
  assert.ok(Math.min(...times) < 20, `${times.join(' ms, ')} ms`)
})

test('first the number of pairs counts, then their costs, as an exact solver finds (DSP-8)', async () => {
  const solver = await (highs.default as unknown as () => Promise<{ solve: (problem: string) => unknown }>)()
  for (let round = 0; round < 40; round++) {
    let seed = round + 1
    const draw = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below
    const costs = Array.from({ length: 1 + draw(5) }, () => 0)
      .map(() => draw(5))
      .map((_, __, all) => Array.from({ length: 1 + (all.length % 4) }, () => (draw(3) === 0 ? forbidden : draw(20))))
    const allowed = costs.flatMap((row, i) => row.flatMap((cost, j) => (cost === forbidden ? [] : [{ i, j, cost }])))
    const chosen = minimumAssignment(costs)
    const pairs = chosen.filter((column) => column !== undefined).length
    for (const [row, column] of chosen.entries())
      if (column !== undefined) assert.notEqual(costs[row]![column], forbidden)
    if (allowed.length === 0) {
      assert.equal(pairs, 0)
      continue
    }
    const line = (of: typeof allowed) => of.map(({ i, j }) => `x${i}_${j}`).join(' + ')
    const constraints = [
      ...costs.map((_, i) => allowed.filter((each) => each.i === i)),
      ...costs[0]!.map((_, j) => allowed.filter((each) => each.j === j)),
    ].filter((of) => of.length > 0)
    const objective = allowed
      .map(({ i, j, cost }) => `${cost - 1000} x${i}_${j}`)
      .join(' + ')
      .replaceAll('+ -', '- ')
    const problem = `Minimize\n obj: ${objective}\nSubject To\n${constraints
      .map((of, k) => ` c${k}: ${line(of)} <= 1`)
      .join('\n')}\nBinary\n ${allowed.map(({ i, j }) => `x${i}_${j}`).join(' ')}\nEnd`
    const { ObjectiveValue } = solver.solve(problem) as { ObjectiveValue: number }
    assert.equal(costOf(costs, chosen) - 1000 * pairs, ObjectiveValue, JSON.stringify(costs))
  }
})

test('no couriers and no orders are no assignment (DSP-8)', () => {
  assert.deepEqual(minimumAssignment([]), [])
  assert.deepEqual(minimumAssignment([[], []]), [undefined, undefined])
  assert.deepEqual(minimumAssignment([[forbidden], [1]]), [undefined, 0])
  assert.throws(() => minimumAssignment([[Number.NaN]]), RangeError)
})
