import { refuse, type Routes } from '#platform/http'
import { isRefusal, pageOfAll, windowOf } from '#platform/outcome'
import { Closed, IdParams, Page, PageQuery } from '#platform/schema'
import { publicEvents } from '../public-events.ts'
import { EndpointView, EventTypeView } from '../schema.ts'
import { endpointViewOf } from '../views.ts'
import type { ListEndpoints, ShowEndpoint } from './query.ts'

const tags = ['webhooks']
const config = { access: { permission: 'settings.write' } }
const querystring = Closed(PageQuery)

const types = publicEvents.map(({ event, data }) => ({
  type: event.type,
  description: event.description,
  // A copy without the symbols of the library.
  data_schema: JSON.parse(JSON.stringify(data)) as object,
}))

const listTypes = { tags, summary: 'List the events that an endpoint may receive', querystring }
const list = { tags, summary: 'List the endpoints', querystring, response: { 200: Page(EndpointView) } }
const show = { tags, summary: 'Show an endpoint', params: IdParams, response: { 200: EndpointView } }

type Slices = Readonly<{ listEndpoints: ListEndpoints; showEndpoint: ShowEndpoint }>

export const listEndpointsRoutes =
  ({ listEndpoints, showEndpoint }: Slices): Routes =>
  (http) => {
    http.get(
      '/admin/webhooks/event-types',
      { schema: { ...listTypes, response: { 200: Page(EventTypeView) } }, config },
      ({ query }) => pageOfAll(types, windowOf(query)),
    )
    http.get('/admin/webhooks', { schema: list, config }, async ({ query }) => {
      const page = await listEndpoints(windowOf(query))
      return { ...page, items: page.items.map(endpointViewOf) }
    })
    http.get('/admin/webhooks/:id', { schema: show, config }, async ({ params }, reply) => {
      const outcome = await showEndpoint(params.id)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return endpointViewOf(outcome.endpoint)
    })
  }
