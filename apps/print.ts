/** Prints one line. */
export const printLine = (line: string): void => void process.stdout.write(`${line}\n`)

/** Prints a result as a table, or as JSON for programs. */
export function print(result: object, { json }: { json?: boolean | undefined }): void {
  if (json) printLine(JSON.stringify(result, null, 2))
  else if (Array.isArray(result) && result.length === 0) printLine('none')
  else console.table(result)
}

/** `1 migration`, `2 migrations`. */
export const countOf = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`
