import { createHash } from 'node:crypto'
import { sendCached, type Routes } from '#platform/http'
import type { Locale } from '#platform/values'
import { PickupPointList, type PickupPointView } from '../schema.ts'
import { formatHours } from './open-hours.ts'
import type { ListPickupPoints, PickupPoint } from './query.ts'

const schema = {
  tags: ['delivery'],
  summary: 'The points where customers collect orders, and their hours',
  response: { 200: PickupPointList },
}

const present = ({ name, address, hours, ...point }: PickupPoint, locale: Locale): PickupPointView => ({
  ...point,
  name: name[locale],
  address: address[locale],
  hours: hours.map(({ days, ...times }) => ({ days: [...days], ...times })),
  hours_text: formatHours(hours, locale),
})

export const listPickupPointsRoute =
  (listPickupPoints: ListPickupPoints): Routes =>
  (http) => {
    http.get('/delivery/pickup-points', { schema, config: { access: 'anyone' } }, async (request, reply) => {
      const items = (await listPickupPoints()).map((point) => present(point, request.locale))
      const body = JSON.stringify({ items })
      const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`
      return sendCached(request, reply.header('vary', 'accept-language'), { body, etag })
    })
  }
