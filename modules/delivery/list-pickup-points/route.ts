import { createHash } from 'node:crypto'
import { sendCached, type Routes } from '#platform/http'
import { pickupPointViewOf } from '../pickup-point-view.ts'
import { PickupPointList } from '../schema.ts'
import type { ListPickupPoints } from './query.ts'

const schema = {
  tags: ['delivery'],
  summary: 'List the points where customers collect orders, and their hours',
  response: { 200: PickupPointList },
}

export const listPickupPointsRoute =
  ({ listPickupPoints }: Readonly<{ listPickupPoints: ListPickupPoints }>): Routes =>
  (http) => {
    http.get('/delivery/pickup-points', { schema, config: { access: 'anyone' } }, async (request, reply) => {
      const items = (await listPickupPoints()).map((point) => pickupPointViewOf(point, request.locale))
      const body = JSON.stringify({ items })
      const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`
      return sendCached(request, reply.header('vary', 'accept-language'), { body, etag })
    })
  }
