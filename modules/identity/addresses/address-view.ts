import type { SavedAddress } from './address.ts'
import type { SavedAddressView } from './schema.ts'

/** Shows a saved address to its user. */
export const addressViewOf = ({ created_at, ...address }: SavedAddress): SavedAddressView => ({
  ...address,
  created_at: created_at.toISOString(),
})
