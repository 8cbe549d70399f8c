import type { Schemas } from '../api/client.ts'

export type SavedAddress = Schemas['SavedAddress']
type Parts = Omit<SavedAddress, 'id' | 'is_default' | 'created_at'>

/** The most addresses of an account. */
export const maxAddresses = 10

/** An address on one line. */
export const lineOf = ({ postcode, city, street, house, apartment }: Parts): string =>
  [postcode, city, street, house, apartment].filter(Boolean).join(', ')

/** The body that saves an address again. */
export const partsOf = ({ id: _, is_default: __, created_at: ___, ...parts }: SavedAddress): Parts => parts
