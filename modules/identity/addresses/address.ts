import type { Refused } from '#platform/outcome'
import type { AddressParts } from './schema.ts'

/** A delivery address that a user saved. */
export type SavedAddress = AddressParts & Readonly<{ id: string; is_default: boolean; created_at: Date }>

/** A buyer needs no more. After a merge of two accounts there may be twice as many. */
export const maxAddresses = 10

type AddDecision =
  | Readonly<{ kind: 'existing'; address: SavedAddress }>
  | Readonly<{ kind: 'add'; is_default: boolean }>
  | Refused<'too-many-addresses'>

/** Decides what adding an address does. The first one is the default; one that is saved already is not added again. */
export function decideAdd(saved: readonly SavedAddress[], parts: AddressParts): AddDecision {
  const address = saved.find((one) => isSame(one, parts))
  if (address) return { kind: 'existing', address }
  if (saved.length >= maxAddresses) return { kind: 'refused', reason: 'too-many-addresses' }
  return { kind: 'add', is_default: saved.length === 0 }
}

const comparedParts = ['country', 'postcode', 'city', 'street', 'house', 'apartment'] as const

/** The same door, wherever the map shows it. */
const isSame = (one: AddressParts, other: AddressParts): boolean =>
  comparedParts.every((part) => (one[part] ?? '') === (other[part] ?? ''))

/** A place has both coordinates or none. */
export const isPlaced = ({ lat, lng }: AddressParts): boolean => (lat === undefined) === (lng === undefined)
