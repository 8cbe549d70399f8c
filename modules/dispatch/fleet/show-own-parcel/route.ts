import { Type } from 'typebox'
import { userOf } from '#platform/access'
import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { Id } from '#platform/schema'
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
      return outcome.parcel
    })
  }
