import type { ErrorObject } from 'ajv'
import { Type } from 'typebox'
import { named, type Shape } from '#platform/schema'
import type { Locale } from '#platform/values'
import { issueText } from './issue-texts.ts'
import { bestFitOfUnions } from './union-errors.ts'

/** A part of a request that is not valid, and what is wrong. */
export const Issue = named(
  'Issue',
  Type.Object({
    pointer: Type.String({ maxLength: 2000, description: 'JSON pointer: /body/…, /query/…, /params/…, /headers/…' }),
    detail: Type.String({ maxLength: 1000 }),
  }),
)
type Issue = Shape<typeof Issue>

/** The greatest number of issues in one problem document. */
export const maxIssues = 20

/** Ajv's errors as issues of a problem document, one per place. `part` is `body`, `query`, `params` or `headers`. */
export function describeIssues(errors: readonly ErrorObject[], part: string, locale: Locale): readonly Issue[] {
  const issues = new Map<string, string>()
  for (const error of bestFitOfUnions(errors)) {
    const pointer = `/${part}${error.instancePath}${fieldPart(error)}`.slice(0, 500)
    if (!issues.has(pointer)) issues.set(pointer, issueText(error, locale))
    if (issues.size === maxIssues) break
  }
  return Array.from(issues, ([pointer, detail]) => ({ pointer, detail }))
}

/** Ajv names the object in which a field is missing or unknown; readers look for the field. */
function fieldPart({ params }: ErrorObject): string {
  const name: unknown = params['missingProperty'] ?? params['additionalProperty'] ?? params['unevaluatedProperty']
  return typeof name === 'string' ? `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}` : ''
}
