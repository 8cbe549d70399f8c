import { createHash } from 'node:crypto'
import { canonicalJson } from '#platform/values'
import type { HoldItem } from '../../api.ts'

/**
 * A hash of the items of an order, whatever their order, their spelling and their division into lines. `expected_total` is
 * no part of it: a repeated call gets the prices of the first one.
 */
export function hashOfItems(items: readonly HoldItem[]): Buffer {
  const quantities = new Map<string, number>()
  for (const item of items) {
    const key = 'variant_id' in item ? `variant ${item.variant_id}` : `flower ${item.flower_id}`
    const name = key.toLowerCase()
    quantities.set(name, (quantities.get(name) ?? 0) + item.quantity)
  }
  return createHash('sha256')
    .update(canonicalJson(Object.fromEntries(quantities)))
    .digest()
}
