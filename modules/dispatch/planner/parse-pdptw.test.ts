import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatInstance, generateInstance } from './generate-pdptw.ts'
import { parseInstance } from './parse-pdptw.ts'

const valid = `2 10 1
0 0 0 0 0 100 0 0 0
1 1 0 5 0 100 1 0 2
2 2 0 -5 0 100 1 1 0
`

test('an instance of Li and Lim is read, also with tabs, blank lines and lines of Windows (DSP-11)', () => {
  const parsed = parseInstance(valid.replaceAll(' ', '\t').replaceAll('\n', '\r\n') + '\r\n')
  assert.ok(parsed.kind === 'parsed')
  const { vehicles, capacity, speed, tasks } = parsed.instance
  assert.deepEqual([vehicles, capacity, speed, tasks.length], [2, 10, 1, 3])
  assert.deepEqual(tasks[2], { id: 2, x: 2, y: 0, demand: -5, ready: 0, due: 100, service: 1, pickup: 1, delivery: 0 })
})

test('an instance with the speed 0, as some published ones have, has the speed 1 (DSP-11)', () => {
  const parsed = parseInstance(valid.replace('2 10 1', '2 10 0'))
  assert.ok(parsed.kind === 'parsed')
  assert.equal(parsed.instance.speed, 1)
})

test('a generated instance is read as it was written (DSP-11)', () => {
  const kind = { places: 'mixed', horizon: 'short', windows: 0.5, width: 60, customers: 20 } as const
  const instance = generateInstance(kind, 5)
  assert.deepEqual(parseInstance(formatInstance(instance)), { kind: 'parsed', instance })
})

for (const [change, expected] of [
  [() => '', /it is empty/],
  [() => '2 10\n', /line 1 has 2 numbers: expected 3 \(vehicles, capacity, speed\)/],
  [() => '2 10 1\n0 0 0 0 0 100 0 0 0', /no task besides the depot/],
  [(text: string) => text.replace('2 10 1', '0 10 1'), /line 1: 0 vehicles: expected a whole number/],
  [(text: string) => text.replace('2 10 1', '2 -1 1'), /line 1: the capacity -1 is below 0/],
  [(text: string) => text.replace('2 10 1', '2 10 -1'), /line 1: the speed -1 is below 0/],
  [(text: string) => text.replace('1 1 0 5', '1 1 five 5'), /line 3: y is "five": expected a number/],
  [(text: string) => text.replace('1 1 0 5', '1 1e9 0 5'), /line 3: x is "1e9": expected a number/],
  [(text: string) => text.replace('1 1 0 5', '1.5 1 0 5'), /line 3: the id 1.5 is not a whole number/],
  [(text: string) => text.replace('\n2 2', '\n1 2'), /line 4: the id 1 appears twice/],
  [(text: string) => text.replace('0 0 0 0 0 100 0 0 0\n', ''), /it has no depot/],
  [(text: string) => text.replace('0 0 0 0 0 100 0 0 0', '0 0 0 3 0 100 0 0 0'), /the depot has a demand/],
  [(text: string) => text.replace('5 0 100 1', '5 101 100 1'), /line 3: the window of task 1 ends before it begins/],
  [(text: string) => text.replace('5 0 100 1', '5 0 100 -1'), /line 3: the service time of task 1 is below 0/],
  [(text: string) => text.replace('100 1 0 2', '100 1 0 0'), /task 1 must have either a pickup or a delivery/],
  [(text: string) => text.replace('100 1 0 2', '100 1 0 7'), /task 1 belongs to task 7, which is missing/],
  [(text: string) => `${text}3 1 1 5 0 100 1 0 2\n`, /line 5: task 3 names task 2, which does not name it back/],
  [(text: string) => text.replace('-5', '-4'), /the demands of the pickup and the delivery 1 and 2 do not match/],
  [(text: string) => text.replace('2 10 1', '2 4 1'), /line 3: task 1 needs 5 of a capacity of 4/],
] as const)
  test(`a wrong instance is refused: ${expected.source} (DSP-11)`, () => {
    const parsed = parseInstance(change(valid))
    assert.ok(parsed.kind === 'refused')
    assert.match(parsed.explanation, expected)
  })

test('an instance with too many tasks is refused (DSP-11)', () => {
  const parsed = parseInstance(`1 1 1\n${'0 0 0 0 0 1 0 0 0\n'.repeat(2002)}`)
  assert.ok(parsed.kind === 'refused')
  assert.match(parsed.explanation, /2002 tasks: at most 2001/)
})
