import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { document } from './openapi.ts'

const patterns = new Set<string>()
JSON.stringify(document, (name, value: unknown) => {
  if (name === 'pattern' && typeof value === 'string') patterns.add(value)
  if (name === 'patternProperties') Object.keys(value as object).forEach((pattern) => patterns.add(pattern))
  return value
})

test('every pattern of the API document compiles in JavaScript with and without the flag u (F-51)', () => {
  assert.ok(patterns.size > 10, `only ${patterns.size} patterns`)
  for (const pattern of patterns) {
    for (const flags of ['', 'u']) assert.doesNotThrow(() => new RegExp(pattern, flags), `${pattern} with "${flags}"`)
    // Without the flag `\p{L}` is no error: it is the letter p with braces.
    assert.doesNotMatch(pattern, /\\[pP]\{/, pattern)
  }
})

const compileAll = 'import json, re, sys\nfor pattern in json.load(sys.stdin): re.compile(pattern)'
const hasPython = spawnSync('python3', ['--version']).status === 0
const skip = !hasPython && 'SKIPPED: there is no python3'

test('every pattern of the API document compiles in Python (F-51)', { skip }, () => {
  const { status, stderr } = spawnSync('python3', ['-c', compileAll], {
    input: JSON.stringify([...patterns]),
    encoding: 'utf8',
  })
  assert.equal(status, 0, stderr)
})
