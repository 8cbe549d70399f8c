import { userIdOf } from '#platform/access'
import { notFoundAnswer, problemsOf, refuse, type Routes } from '#platform/http'
import { isRefusal, notFound } from '#platform/outcome'
import { fleetCourierViewOf, parcelViewOf, stopViewsOf } from '../parcel-view.ts'
import { RouteView } from '../schema.ts'
import type { ShowRoute } from './query.ts'

const schema = {
  tags: ['dispatch'],
  summary: 'Show your route, your parcels and the offers to you',
  response: { 200: RouteView, ...problemsOf(notFoundAnswer) },
}

export const showRouteRoute =
  ({ showRoute }: Readonly<{ showRoute: ShowRoute }>): Routes =>
  (http) => {
    const config = { access: { permission: 'delivery.deliver' } }
    http.get('/dispatch/me/route', { schema, config }, async ({ caller, locale }, reply) => {
      const courier_id = userIdOf(caller)
      const outcome = courier_id === null ? notFound('courier') : await showRoute(courier_id)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return {
        courier: fleetCourierViewOf(outcome.courier),
        stops: stopViewsOf(outcome.stops, outcome.parcels),
        parcels: outcome.parcels.map((parcel) => parcelViewOf(parcel, locale)),
      }
    })
  }
