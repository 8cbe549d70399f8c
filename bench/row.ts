/** One measurement and the bar it has to reach. */
export type Row = Readonly<{
  /** The requirement, such as PERF-4. */
  id: string
  measurement: string
  value: number
  unit: string
  /** In the words of the specification, such as `>= 5,000`. It applies to `ratio` if there is one, otherwise to `value`. */
  bar?: string
  /** The value divided by another one of the same run, for a bar that is a ratio. */
  ratio?: number
  note?: string
}>

/** Whether a row reaches its bar; undefined for a row without a bar. */
function isReached({ bar, ratio, value }: Row): boolean | undefined {
  const [, sign, number] = /^(>=|<=|<) ([\d.,]+)/.exec(bar ?? '') ?? []
  if (number === undefined) return undefined
  const limit = Number(number.replaceAll(',', ''))
  const measured = ratio ?? value
  if (sign === '>=') return measured >= limit
  return sign === '<' ? measured < limit : measured <= limit
}

/** The cells of a row in the printed table. */
export const shownRow = (row: Row) => ({
  id: row.id,
  measurement: row.measurement,
  value: `${row.value.toLocaleString('en', { maximumFractionDigits: row.value < 100 ? 1 : 0 })} ${row.unit}`,
  bar: row.bar ?? '',
  ratio: row.ratio?.toFixed(2) ?? '',
  reached: { true: 'yes', false: 'NO', undefined: '' }[`${isReached(row)}`],
  note: row.note ?? '',
})

/** Prints rows as a table. */
export function printRows(rows: readonly Row[]): void {
  console.table(rows.map(shownRow))
}
