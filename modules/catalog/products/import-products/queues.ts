import type { Line } from '../../csv-lines.ts'

/** Lines that are imported one after another. */
export type Queue = readonly Line[]

/**
 * Divides a batch into groups of queues. Queues of one group may run at once: the lines of a product share a queue. Bundles
 * come after everything else, because their components may be in the same batch.
 */
export function inQueues(batch: readonly Line[], size: number): readonly (readonly Queue[])[] {
  const isBundle = ({ cells }: Line) => (cells['components'] ?? '') !== ''
  const byProduct = (lines: readonly Line[]) => [
    ...Map.groupBy(lines, ({ cells }) => cells['product'] || cells['sku']).values(),
  ]
  return [batch.filter((line) => !isBundle(line)), batch.filter(isBundle)].map((lines) => {
    const queues = Array.from({ length: size }, (): Line[] => [])
    for (const [i, some] of byProduct(lines).entries()) queues[i % size]?.push(...some)
    return queues
  })
}
