import type { Bug } from './bug.ts'

/** Returns `source` with the bug. Throws when the text of the bug does not occur exactly once. */
export function plantIn(source: string, { what, file, text, instead }: Bug): string {
  const [before, after, ...more] = source.split(text)
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`${what}: its text occurs ${more.length > 0 ? 'more than once' : 'nowhere'} in ${file}`)
  return `${before}${instead}${after}`
}
