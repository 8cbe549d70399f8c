import { Type } from 'typebox'
import type { Routes } from '#platform/http'
import { windowOf } from '#platform/outcome'
import { Closed, Page, PageQuery } from '#platform/schema'
import { parcelViewOf } from '../parcel-view.ts'
import { ParcelStatus, ParcelView } from '../schema.ts'
import type { ListParcels } from './query.ts'

const schema = {
  tags: ['dispatch'],
  summary: 'List the parcels for couriers, newest first',
  querystring: Closed({ ...PageQuery, status: Type.Optional(ParcelStatus) }),
  response: { 200: Page(ParcelView) },
}

export const listParcelsRoute =
  ({ listParcels }: Readonly<{ listParcels: ListParcels }>): Routes =>
  (http) => {
    const config = { access: { permission: 'dispatch.read' } }
    http.get('/dispatch/parcels', { schema, config }, async ({ query, locale }) => {
      const page = await listParcels({ status: query.status, window: windowOf(query) })
      return { ...page, items: page.items.map((parcel) => parcelViewOf(parcel, locale)) }
    })
  }
