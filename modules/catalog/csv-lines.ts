import { CsvError, parse } from 'csv-parse'

/** A line of a file with its number, from 1 for the header, and its cells by column. */
export type Line = Readonly<{ number: number; cells: Readonly<Record<string, string>> }>

/** Thrown for a file that cannot be read; `message` is for people. */
export class UnreadableFile extends Error {}

const maxLineBytes = 200_000

type Format = Readonly<{ columns: readonly string[]; batchSize: number }>

/** The lines of a file in batches. Throws `UnreadableFile` at an unknown column and at a malformed line. */
export async function* linesOf(
  file: NodeJS.ReadableStream,
  { columns, batchSize }: Format,
): AsyncGenerator<readonly Line[]> {
  const parser = parse({
    bom: true,
    columns: (header: string[]) => header.map((title) => columnOf(title, columns)),
    info: true,
    max_record_size: maxLineBytes,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
  })
  file.on('error', (error) => parser.destroy(error))
  file.pipe(parser)
  let batch: Line[] = []
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: Line['cells']; info: { lines: number } }>) {
      batch.push({ number: info.lines, cells: record })
      if (batch.length < batchSize) continue
      yield batch
      batch = []
    }
  } catch (error) {
    throw error instanceof CsvError ? new UnreadableFile(error.message) : error
  }
  if (batch.length > 0) yield batch
}

function columnOf(title: string, columns: readonly string[]): string {
  const name = title.trim()
  if (columns.includes(name)) return name
  throw new UnreadableFile(`There is no column "${name}": the columns are ${columns.join(', ')}`)
}
