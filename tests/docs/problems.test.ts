import assert from 'node:assert/strict'
import { test } from 'node:test'
import { operations } from './openapi.ts'

type ProblemSchema = Readonly<{
  oneOf?: readonly ProblemSchema[]
  allOf?: readonly Readonly<{ properties?: Readonly<Record<string, { enum?: readonly string[] }>> }>[]
}>

/** The codes and the own members of each problem that a response may be. */
const problemsIn = (response: (typeof operations)[number]['responses'][string]) => {
  const schema = response.content?.['application/problem+json']?.schema as ProblemSchema | undefined
  return (schema?.oneOf ?? (schema ? [schema] : [])).map((one) => {
    const { code, ...members } = one.allOf?.[1]?.properties ?? {}
    return { codes: code?.enum ?? [], members: Object.keys(members) }
  })
}

test('every problem of a route says its codes, so that a client distinguishes problems by code (rule 12)', () => {
  const problems = operations.flatMap(({ responses }) => Object.values(responses).flatMap(problemsIn))
  assert.ok(problems.length > 500, `only ${problems.length} problems`)
  assert.deepEqual(
    problems.filter(({ codes }) => codes.length === 0),
    [],
  )
})

test('a code with members of its own belongs to one schema of a route only (rule 12)', () => {
  for (const { method, path, responses } of operations) {
    const byCode = new Map<string, string>()
    for (const { codes, members } of Object.values(responses).flatMap(problemsIn)) {
      for (const code of codes) {
        assert.equal(byCode.get(code) ?? members.join(), members.join(), `${code} of ${method} ${path}`)
        byCode.set(code, members.join())
      }
    }
  }
})
