import type { ErrorObject } from 'ajv'
import type { Locale } from '#platform/values'
import { issueText } from './issue-texts.ts'
import { bestFitOfUnions } from './union-errors.ts'

/** A part of a request that is not valid: a JSON pointer such as `/body/items/0` or `/query/page`, and what is wrong. */
export type Issue = Readonly<{ pointer: string; detail: string }>

const mostIssues = 20

/** Ajv's errors as issues of a problem document, one per place. `part` is `body`, `query`, `params` or `headers`. */
export function describeIssues(errors: readonly ErrorObject[], part: string, locale: Locale): readonly Issue[] {
  const issues = new Map<string, string>()
  for (const error of bestFitOfUnions(errors)) {
    const pointer = `/${part}${error.instancePath}${fieldPart(error)}`.slice(0, 500)
    if (!issues.has(pointer)) issues.set(pointer, issueText(error, locale))
    if (issues.size === mostIssues) break
  }
  return Array.from(issues, ([pointer, detail]) => ({ pointer, detail }))
}

/** Ajv names the object in which a field is missing or unknown; readers look for the field. */
function fieldPart({ params }: ErrorObject): string {
  const name: unknown = params['missingProperty'] ?? params['additionalProperty'] ?? params['unevaluatedProperty']
  return typeof name === 'string' ? `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}` : ''
}
