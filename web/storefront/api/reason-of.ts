import type { Texts } from '../text/texts.ts'
import type { Failure, FieldIssue } from './failure.ts'

/**
 * The reason of a refused request in the words of the page. The sentences of the API are for programs, and those of a signed-in
 * reader follow the language of the profile.
 */
export function reasonOf({ code, members }: Failure, { refusals }: Texts): string {
  const { retry_after: wait } = members
  if (code === 'too-many-attempts')
    return refusals.tooManyAttempts(waitOf(typeof wait === 'number' ? wait : 60, refusals))
  if (code === 'too-many-unpaid-pieces') return refusals.tooManyUnpaid(Number(members['maximum']))
  return refusals.codes[code] ?? refusals.otherwise
}

const waitOf = (wait: number, { seconds, minutes }: Texts['refusals']): string =>
  wait < 60 ? seconds(wait) : minutes(Math.ceil(wait / 60))

/** The reasons by field of a refused request: `/body/delivery_address/city` belongs to `delivery_address/city`. */
export const wrongFieldsOf = (issues: readonly FieldIssue[], { refusals }: Texts): Readonly<Record<string, string>> =>
  Object.fromEntries(
    issues.map(({ pointer }) => {
      const path = pointer.replace(/^\/body\//, '')
      return [path, refusals.fields[path] ?? refusals.field]
    }),
  )
