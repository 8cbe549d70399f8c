import { Type } from 'typebox'
import { userIdOf, userOf } from '#platform/access'
import { notFoundAnswer, problemsOf, refuse, type Routes } from '#platform/http'
import { isRefusal, notFound } from '#platform/outcome'
import { Id } from '#platform/schema'
import { fleetCourierViewOf, parcelViewOf } from '../parcel-view.ts'
import { OwnParcelView, RouteView } from '../schema.ts'
import type { ShowOwnParcel, ShowRoute } from './query.ts'

const own = {
  tags: ['dispatch'],
  summary: 'Show your parcels and the offers to you',
  response: { 200: RouteView, ...problemsOf(notFoundAnswer) },
}
const ofOrder = {
  tags: ['dispatch'],
  summary: 'Show where the parcel of your order is, and the PIN for its courier',
  params: Type.Object({ order_id: Id }),
  response: { 200: OwnParcelView },
}

export const showRouteRoutes =
  ({ showRoute, showOwnParcel }: Readonly<{ showRoute: ShowRoute; showOwnParcel: ShowOwnParcel }>): Routes =>
  (http) => {
    const config = { access: { permission: 'delivery.deliver' } }
    http.get('/dispatch/me/route', { schema: own, config }, async ({ caller }, reply) => {
      const courier_id = userIdOf(caller)
      const outcome = courier_id === null ? notFound('courier') : await showRoute(courier_id)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return { courier: fleetCourierViewOf(outcome.courier), parcels: outcome.parcels.map(parcelViewOf) }
    })

    const customer = { access: 'user' } as const
    http.get('/dispatch/parcels/order/:order_id', { schema: ofOrder, config: customer }, async (request, reply) => {
      const outcome = await showOwnParcel(request.params.order_id, userOf(request.caller).user_id)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      const { order_id, status, courier_name, pin } = outcome.parcel
      const isOpen = ['waiting', 'offered', 'accepted', 'picked_up'].includes(status)
      return {
        order_id,
        status,
        courier_name: status === 'picked_up' ? courier_name : null,
        pin: isOpen ? pin : null,
      }
    })
  }
