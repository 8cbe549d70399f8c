/** One measured figure, beside the bar it has to reach. */
export type Row = Readonly<{
  /** The bar it belongs to: PERF-4. */
  id: string
  what: string
  figure: number
  unit: string
  /** As the specification says it: `>= 5,000`. It is about `ratio` where there is one, else about `figure`. */
  bar?: string
  /** Against something measured in the same run, where a bar is given as a ratio. */
  ratio?: number
  note?: string
}>

/** Says whether a row reaches its bar; undefined for a row that has none. */
function isReached({ bar, ratio, figure }: Row): boolean | undefined {
  const [, sign, number] = /^(>=|<) ([\d.,]+)/.exec(bar ?? '') ?? []
  if (number === undefined) return undefined
  const wanted = Number(number.replaceAll(',', ''))
  const measured = ratio ?? figure
  return sign === '<' ? measured < wanted : measured >= wanted
}

/** A row as people read it. */
export const shownRow = (row: Row) => ({
  id: row.id,
  what: row.what,
  figure: `${row.figure.toLocaleString('en', { maximumFractionDigits: row.figure < 100 ? 1 : 0 })} ${row.unit}`,
  bar: row.bar ?? '',
  ratio: row.ratio?.toFixed(2) ?? '',
  reached: { true: 'yes', false: 'NO', undefined: '' }[`${isReached(row)}`],
  note: row.note ?? '',
})

/** Prints rows as a table. */
export function printRows(rows: readonly Row[]): void {
  console.table(rows.map(shownRow))
}
