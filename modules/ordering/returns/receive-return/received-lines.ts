import { sql, type Transaction } from 'kysely'
import type { OrderingTables } from '../../store.ts'
import type { CountedLine } from '../return.ts'
import type { FoundReturn } from '../return-view.ts'
import type { PieceCount } from '../schema.ts'

/** True when staff have received the return with these counts. */
export function isSameReceipt(lines: FoundReturn['lines'], counts: readonly PieceCount[]): boolean {
  const countOf = new Map(counts.map((count) => [count.variant_id.toLowerCase(), count]))
  const linesOf = Map.groupBy(lines, ({ variant_id }) => variant_id)
  return (
    counts.length === linesOf.size &&
    [...linesOf].every(([variant_id, own]) => {
      const count = countOf.get(variant_id)
      const sumOf = (kind: 'sellable' | 'damaged' | 'missing') => own.reduce((sum, line) => sum + (line[kind] ?? 0), 0)
      return (
        count?.sellable === sumOf('sellable') &&
        count.damaged === sumOf('damaged') &&
        count.missing === sumOf('missing')
      )
    })
  )
}

export async function saveCounts(
  tx: Transaction<OrderingTables>,
  return_id: string,
  lines: readonly CountedLine[],
): Promise<void> {
  await sql`
    update ordering.return_lines as line
    set sellable = counted.sellable, damaged = counted.damaged, missing = counted.missing, amount = counted.amount
    from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb)
      as counted(position smallint, sellable int, damaged int, missing int, amount bigint)
    where line.return_id = ${return_id} and line.position = counted.position
  `.execute(tx)
}

type SoldLine = Readonly<{
  position: number
  variant_id: string
  components: readonly Readonly<{ variant_id: string; quantity: number }>[] | null
}>

/** The sellable pieces by the variants that have stock: a bundle comes back as the components that it was sold with. */
export function restockedItems(sold: readonly SoldLine[], counted: readonly CountedLine[]) {
  const pieces = new Map<string, number>()
  for (const { position, variant_id, components } of sold) {
    const sellable = counted.find((line) => line.position === position)?.sellable ?? 0
    for (const part of components ?? [{ variant_id, quantity: 1 }])
      pieces.set(part.variant_id, (pieces.get(part.variant_id) ?? 0) + part.quantity * sellable)
  }
  return [...pieces].filter(([, sellable]) => sellable > 0).map(([variant_id, sellable]) => ({ variant_id, sellable }))
}
