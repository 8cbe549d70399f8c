import { Type } from 'typebox'
import { userOf } from '#platform/access'
import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { Id } from '#platform/schema'
import { isOpen } from '../parcel.ts'
import { firstNameOf } from '../parcel-view.ts'
import { OwnParcelView } from '../schema.ts'
import type { ShowOwnParcel } from './query.ts'

const schema = {
  tags: ['dispatch'],
  summary: 'Show where the parcel of your order is, and the PIN for its courier',
  params: Type.Object({ order_id: Id }),
  response: { 200: OwnParcelView },
}

export const showOwnParcelRoute =
  ({ showOwnParcel }: Readonly<{ showOwnParcel: ShowOwnParcel }>): Routes =>
  (http) => {
    const config = { access: 'user' } as const
    http.get('/dispatch/parcels/order/:order_id', { schema, config }, async (request, reply) => {
      const outcome = await showOwnParcel(request.params.order_id, userOf(request.caller).user_id)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      const { parcel, expected_at } = outcome
      return {
        order_id: parcel.order_id,
        status: parcel.status,
        courier_name: parcel.status === 'picked_up' ? firstNameOf(parcel.courier_name) : null,
        expected_at: expected_at?.toISOString() ?? null,
        arrived: parcel.arrived_at !== null && parcel.status === 'picked_up',
        pin: isOpen(parcel) ? parcel.pin : null,
      }
    })
  }
