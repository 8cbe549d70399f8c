import { Type } from 'typebox'
import { userOf } from '#platform/access'
import { refuse, type AnyReply, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { Id, IdParams } from '#platform/schema'
import type { ViewPhoto } from '../photo-view.ts'
import { PhotoList } from '../schema.ts'
import type { ListPhotos } from './query.ts'

const tags = ['dispatch']
const response = { 200: PhotoList }
const ofParcel = { tags, summary: 'List the photographs of a delivery', params: IdParams, response }
const ofOrder = {
  tags,
  summary: 'List the photographs of the delivery of your order',
  params: Type.Object({ order_id: Id }),
  response,
}

type Needs = Readonly<{ listPhotos: ListPhotos; viewPhoto: ViewPhoto }>

export const listPhotosRoutes =
  ({ listPhotos, viewPhoto }: Needs): Routes =>
  (http) => {
    const list = async (reply: AnyReply, of: Parameters<ListPhotos>[0]) => {
      const outcome = await listPhotos(of)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return { items: await Promise.all(outcome.photos.map(viewPhoto)) }
    }
    const staff = { access: { permission: 'dispatch.read' } }
    http.get('/dispatch/parcels/:id/photos', { schema: ofParcel, config: staff }, ({ params }, reply) =>
      list(reply, { parcel_id: params.id }),
    )
    const customer = { access: 'user' } as const
    http.get('/dispatch/parcels/order/:order_id/photos', { schema: ofOrder, config: customer }, (request, reply) =>
      list(reply, { order_id: request.params.order_id, user_id: userOf(request.caller).user_id }),
    )
  }
