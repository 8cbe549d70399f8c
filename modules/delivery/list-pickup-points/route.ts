import { createHash } from 'node:crypto'
import { sendCached, type Routes } from '#platform/http'
import { adminPickupPointViewOf, pickupPointViewOf } from '../pickup-point-view.ts'
import { AdminPickupPointList, PickupPointList } from '../schema.ts'
import type { ListPickupPoints } from './query.ts'

const schema = {
  tags: ['delivery'],
  summary: 'List the points where customers collect orders, and their hours',
  response: { 200: PickupPointList },
}

const forStaff = {
  tags: ['delivery'],
  summary: 'List all pickup points in both languages, including closed ones',
  response: { 200: AdminPickupPointList },
}

export const listPickupPointsRoutes =
  ({ listPickupPoints }: Readonly<{ listPickupPoints: ListPickupPoints }>): Routes =>
  (http) => {
    http.get('/delivery/pickup-points', { schema, config: { access: 'anyone' } }, async (request, reply) => {
      const items = (await listPickupPoints('open')).map((point) => pickupPointViewOf(point, request.locale))
      const body = JSON.stringify({ items })
      const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`
      return sendCached(request, reply.header('vary', 'accept-language'), { body, etag })
    })

    const staff = { schema: forStaff, config: { access: { permission: 'delivery.read' } } }
    http.get('/admin/pickup-points', staff, async () => {
      const points = await listPickupPoints('all')
      return { items: points.map(adminPickupPointViewOf) }
    })
  }
