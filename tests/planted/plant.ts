import type { Bug } from './bug.ts'

/** Returns `source` with the bug. Throws when the text of the bug does not occur exactly once. */
export function plantIn(source: string, { description, file, text, replacement }: Bug): string {
  const [before, after, ...more] = source.split(text)
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`${description}: its text occurs ${more.length > 0 ? 'more than once' : 'nowhere'} in ${file}`)
  return `${before}${replacement}${after}`
}
