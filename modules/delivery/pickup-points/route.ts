import { createHash } from 'node:crypto'
import { Type, type Static } from 'typebox'
import { sendCached, type Routes } from '#platform/http'
import type { Locale } from '#platform/values'
import { spellHours } from './open-hours.ts'
import type { PickupPoint, PickupPoints } from './query.ts'

const PointView = Type.Object({
  id: Type.String({ format: 'uuid' }),
  name: Type.String(),
  address: Type.String(),
  hours: Type.Array(
    Type.Object({
      days: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { description: 'Monday is 1' }),
      opens: Type.String(),
      closes: Type.String(),
    }),
  ),
  hours_text: Type.String({ description: 'The hours for people' }),
  timezone: Type.String({ description: 'IANA zone of the hours' }),
})
const Answer = Type.Object({ items: Type.Array(PointView) })

const present = ({ name, address, hours, ...point }: PickupPoint, locale: Locale): Static<typeof PointView> => ({
  ...point,
  name: name[locale],
  address: address[locale],
  hours: hours.map(({ days, ...times }) => ({ days: [...days], ...times })),
  hours_text: spellHours(hours, locale),
})

export const pickupPointsRoute =
  (pickupPoints: PickupPoints): Routes =>
  (http) => {
    const schema = { tags: ['delivery'], summary: 'Where orders can be fetched, and when', response: { 200: Answer } }
    http.get('/delivery/pickup-points', { schema, config: { access: 'anyone' } }, async (request, reply) => {
      const items = (await pickupPoints()).map((point) => present(point, request.locale))
      const body = JSON.stringify({ items })
      const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`
      return sendCached(request, reply.header('vary', 'accept-language'), { body, etag })
    })
  }
