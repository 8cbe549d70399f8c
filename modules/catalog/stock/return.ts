import type { Refused } from '#platform/outcome'
import type { ReturnCount } from './return-schema.ts'

/** Pieces of a variant that left the shop with a parcel. The counts are null until staff receive them. */
export type ReturnedPieces = Readonly<{
  variant_id: string
  pieces: number
  sellable: number | null
  damaged: number | null
  lost: number | null
}>

export type ReceiptRefused =
  | Refused<'already-received'>
  | (Refused<'pieces-differ'> & Readonly<{ items: readonly Readonly<{ variant_id: string; pieces: number }>[] }>)

type Receipt = Readonly<{ kind: 'received' | 'unchanged' }> | ReceiptRefused

/** Decides whether staff may receive a return with these counts: once, and every piece is sellable, damaged or lost. */
export function decideReceipt(items: readonly ReturnedPieces[], counts: readonly ReturnCount[]): Receipt {
  const countOf = new Map(counts.map((count) => [count.variant_id.toLowerCase(), count]))
  const accounts = items.every(({ variant_id, pieces }) => totalOf(countOf.get(variant_id)) === pieces)
  if (!accounts || countOf.size !== items.length || counts.length !== items.length)
    return {
      kind: 'refused',
      reason: 'pieces-differ',
      items: items.map(({ variant_id, pieces }) => ({ variant_id, pieces })),
    }
  if (items.every(({ sellable }) => sellable === null)) return { kind: 'received' }
  const isSame = items.every(({ variant_id, sellable, damaged, lost }) => {
    const count = countOf.get(variant_id)
    return count?.sellable === sellable && count.damaged === damaged && count.lost === lost
  })
  return isSame ? { kind: 'unchanged' } : { kind: 'refused', reason: 'already-received' }
}

const totalOf = (count: ReturnCount | undefined): number | undefined =>
  count && count.sellable + count.damaged + count.lost
