import type { Bug } from './bug.ts'

/** `source` with the bug in it. Throws when its text does not stand there exactly once. */
export function plantIn(source: string, { what, file, text, instead }: Bug): string {
  const [before, after, ...more] = source.split(text)
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`${what}: its text stands ${more.length > 0 ? 'more than once' : 'nowhere'} in ${file}`)
  return `${before}${instead}${after}`
}
