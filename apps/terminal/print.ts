/** Prints one line. A reader that has gone, as `head` does, ends the program without an error. */
export function printLine(line: string): void {
  if (process.stdout.listenerCount('error') === 0) process.stdout.on('error', endWithReader)
  process.stdout.write(`${line}\n`)
}

function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  process.exit()
}

/** How a command prints its result: for people, or as JSON for programs. */
export type Format = Readonly<{ json?: boolean | undefined }>

/** Prints a result as a sentence, or as JSON for programs. */
export function printAs({ json }: Format, result: object, sentence: string): void {
  if (json) print(result, { json })
  else printLine(sentence)
}

/** Prints a result as a table, or as JSON for programs. */
export function print(result: object, { json }: Format): void {
  if (json) printLine(JSON.stringify(result, null, 2))
  else if (Array.isArray(result)) printLine(result.length === 0 ? 'none' : tableOf(result as readonly object[]))
  else printLine(tableOf([result]))
}

/** Aligned columns under the names of the fields, numbers to the right. */
export function tableOf(rows: readonly object[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const cells = rows.map((row) => names.map((name) => cellOf((row as Record<string, unknown>)[name])))
  const widths = names.map((name, i) => Math.max(name.length, ...cells.map((row) => row[i]?.text.length ?? 0)))
  const lineOf = (row: readonly Cell[]) =>
    row
      .map(({ text, isNumber }, i) => (isNumber ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd()
  const heads = names.map((name, i) => ({ text: name, isNumber: cells.every((row) => row[i]?.isNumber) }))
  return [heads, ...cells].map(lineOf).join('\n')
}

type Cell = Readonly<{ text: string; isNumber: boolean }>

function cellOf(value: unknown): Cell {
  if (typeof value === 'number') return { text: String(value), isNumber: true }
  if (value instanceof Date) return { text: value.toISOString(), isNumber: false }
  const text = value === undefined || value === null ? '–' : typeof value === 'string' ? value : JSON.stringify(value)
  return { text, isNumber: false }
}

/** `1 migration`, `2 migrations`. */
export const countOf = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`
