import type { Mutation } from './mutation.ts'

/** A mutant that survives because it behaves as the original, or differs only in what no test should know. */
type Equivalent = Readonly<{
  file: string
  /** A part of the mutated line. */
  line: string
  text: string
  replacement: string
  reason: string
}>

const atOneInstant =
  'A row differs only when its time equals the limit to the microsecond; no rule says which side it is on.'

/** The survivors that were judged by hand. */
export const equivalents: readonly Equivalent[] = [
  {
    file: 'platform/saga/timeouts.ts',
    line: 'and (timeout_at, type, key) >',
    text: '>',
    replacement: '>=',
    reason:
      'The next page begins with the last instance again: it is no longer overdue, or its step failed and pauses.',
  },
  {
    file: 'platform/saga/timeouts.ts',
    line: 'failures.delete(id)',
    text: '<',
    replacement: '<=',
    reason: 'The memory of a failure that is no longer overdue ends one millisecond earlier.',
  },
  {
    file: 'platform/saga/watch.ts',
    line: "timeout_at < now() - interval '1 minute'",
    text: '<',
    replacement: '<=',
    reason: atOneInstant,
  },
  {
    file: 'platform/saga/saga-jobs.ts',
    line: 'at < now()',
    text: '<',
    replacement: '<=',
    reason: atOneInstant,
  },
  {
    file: 'platform/saga/saga-jobs.ts',
    line: 'last_progress_at < now()',
    text: '<',
    replacement: '<=',
    reason: atOneInstant,
  },
  {
    file: 'platform/saga/saga-jobs.ts',
    line: 'where id > ${after}',
    text: '>',
    replacement: '>=',
    reason: 'The next batch begins with the last step again: it was deleted, or it stays.',
  },
  {
    file: 'modules/cart/delete-idle-carts/delete-idle-carts.ts',
    line: 'updated_at <',
    text: '<',
    replacement: '<=',
    reason: atOneInstant,
  },
  {
    file: 'modules/cart/delete-idle-carts/delete-idle-carts.ts',
    line: 'processed_at <',
    text: '<',
    replacement: '<=',
    reason: atOneInstant,
  },
]

/** The reason why a mutant is equivalent; undefined for one that was not judged. */
export const reasonOf = (source: string, { file, start, text, replacement }: Mutation): string | undefined => {
  const line = source.slice(source.lastIndexOf('\n', start) + 1).split('\n', 1)[0] ?? ''
  return equivalents.find(
    (one) => one.file === file && one.text === text && one.replacement === replacement && line.includes(one.line),
  )?.reason
}
