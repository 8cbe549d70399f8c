import { Type } from 'typebox'
import { addressParts } from '#ordering/events'
import { Closed, Id, named, Time, type Shape } from '#platform/schema'

export const SaveAddressBody = named('SaveAddress', Closed(addressParts))
export type AddressParts = Shape<typeof SaveAddressBody>

export const SavedAddressView = named(
  'SavedAddress',
  Type.Object({
    id: Id,
    ...addressParts,
    is_default: Type.Boolean({ description: 'The checkout begins with it' }),
    created_at: Time,
  }),
)
export type SavedAddressView = Shape<typeof SavedAddressView>
