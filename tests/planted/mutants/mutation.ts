/** A mutant: the text from `start` to `end` of a file is replaced. */
export type Mutation = Readonly<{ file: string; start: number; end: number; text: string; replacement: string }>

/** Returns `source` with the mutation. */
export const mutate = (source: string, { start, end, replacement }: Mutation): string =>
  `${source.slice(0, start)}${replacement}${source.slice(end)}`

/** The line of a mutation with its change, for people. */
export function describeMutation(source: string, mutation: Mutation): string {
  const from = source.lastIndexOf('\n', mutation.start) + 1
  const end = source.indexOf('\n', mutation.end)
  const line = source.slice(from, end < 0 ? undefined : end).trim()
  const number = source.slice(0, mutation.start).split('\n').length
  return `${mutation.file}:${number}: ${mutation.text} → ${mutation.replacement || '(deleted)'}    ${line}`
}
