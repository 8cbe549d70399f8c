import { CsvError, parse } from 'csv-parse'
import type { Localized } from '#platform/values'
import { boundCells } from './store/bound-cells.ts'
import { requireUtf8 } from './store/require-utf8.ts'

/** A line of a file with its number, from 1 for the header, and its cells by column. */
export type Line = Readonly<{ number: number; cells: Readonly<Record<string, string>> }>

/** Thrown for a file that cannot be read; `texts` are for people. */
export class UnreadableFile extends Error {
  readonly texts: Localized

  constructor(texts: Localized) {
    super(texts.en)
    this.texts = texts
  }
}

const maxLineBytes = 200_000
const maxCells = 1000
/** An import keeps the SKU of each line in memory, to refuse a second one. */
const maxLines = 200_000

type Format = Readonly<{ columns: readonly string[]; batchSize: number }>

/**
 * The lines of a file in batches. Throws `UnreadableFile` at an unknown or repeated column, at a malformed line or one too many, at
 * bytes that are no UTF-8, and for an empty file.
 */
export async function* linesOf(
  file: NodeJS.ReadableStream,
  { columns, batchSize }: Format,
): AsyncGenerator<readonly Line[]> {
  let hasHeader = false
  const parser = parse({
    bom: true,
    columns: (header: string[]) => {
      hasHeader = true
      return columnsOf(header, columns)
    },
    info: true,
    max_record_size: maxLineBytes,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
  })
  const text = requireUtf8(otherEncoding)
  const bounded = boundCells(maxCells, tooManyCells)
  const streams: readonly NodeJS.ReadableStream[] = [file, text, bounded]
  for (const stream of streams) stream.on('error', (error: Error) => parser.destroy(error))
  file.pipe(text).pipe(bounded).pipe(parser)
  let count = 0
  let batch: Line[] = []
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: Line['cells']; info: { lines: number } }>) {
      if (++count > maxLines) throw tooManyLines()
      batch.push({ number: info.lines, cells: record })
      if (batch.length < batchSize) continue
      yield batch
      batch = []
    }
  } catch (error) {
    throw error instanceof CsvError ? unreadable(error) : error
  }
  if (!hasHeader)
    throw new UnreadableFile({
      en: 'The file is empty: its first line names the columns',
      ru: 'Файл пуст: в первой строке должны быть названия столбцов',
    })
  if (batch.length > 0) yield batch
}

const otherEncoding = () =>
  new UnreadableFile({
    en: 'The file is not in UTF-8: save it as "CSV UTF-8"',
    ru: 'Файл не в кодировке UTF-8: сохраните его как «CSV UTF-8»',
  })

const tooManyCells = () =>
  new UnreadableFile({
    en: `A line has more than ${maxCells} cells`,
    ru: `В строке больше ${maxCells} ячеек`,
  })

const tooManyLines = () =>
  new UnreadableFile({
    en: `The file has more than ${maxLines} lines: divide it`,
    ru: `В файле больше ${maxLines} строк: разделите его`,
  })

const unreadable = ({ message }: CsvError) =>
  new UnreadableFile({ en: `The file is no CSV: ${shown(message)}`, ru: `Файл не похож на CSV: ${shown(message)}` })

/** Characters of a file that an error shows. */
const maxShown = 200

/** A text of a file for a terminal: cut, and without the characters that would move its cursor or hide other text. */
const shown = (text: string): string =>
  text.slice(0, maxShown).replaceAll(/[\p{Cc}\p{Cf}\uFFFD]/gu, '·') + (text.length > maxShown ? '…' : '')

/** Spreadsheets of some languages, Russian among them, save CSV with semicolons. */
const separators = [
  [';', { en: 'semicolons', ru: 'точкой с запятой' }],
  ['\t', { en: 'tabs', ru: 'табуляцией' }],
] as const

function columnsOf(header: readonly string[], columns: readonly string[]): string[] {
  const [only = '', ...others] = header
  const separator = others.length === 0 ? separators.find(([character]) => only.includes(character))?.[1] : undefined
  if (separator)
    throw new UnreadableFile({
      en: `The columns are separated by ${separator.en}: save the file as CSV with commas, in UTF-8`,
      ru: `Столбцы разделены ${separator.ru}: сохраните файл как CSV с запятыми, в кодировке UTF-8`,
    })
  const names = header.map((title) => columnOf(title, columns))
  const repeated = names.find((name, at) => names.indexOf(name) !== at)
  if (repeated !== undefined)
    throw new UnreadableFile({
      en: `The column "${repeated}" is there twice`,
      ru: `Столбец «${repeated}» указан дважды`,
    })
  return names
}

function columnOf(title: string, columns: readonly string[]): string {
  const name = title.trim()
  if (columns.includes(name)) return name
  const known = columns.join(', ')
  throw new UnreadableFile({
    en: `There is no column "${shown(name)}": the columns are ${known}`,
    ru: `Столбца «${shown(name)}» нет. Столбцы файла: ${known}`,
  })
}
