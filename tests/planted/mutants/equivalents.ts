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

/** The survivors that were judged by hand. */
export const equivalents: readonly Equivalent[] = []

/** The reason why a mutant is equivalent; undefined for one that was not judged. */
export const reasonOf = (source: string, { file, start, text, replacement }: Mutation): string | undefined => {
  const line = source.slice(source.lastIndexOf('\n', start) + 1).split('\n', 1)[0] ?? ''
  return equivalents.find(
    (one) => one.file === file && one.text === text && one.replacement === replacement && line.includes(one.line),
  )?.reason
}
