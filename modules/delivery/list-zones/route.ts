import type { Routes } from '#platform/http'
import { ZoneList } from '../zone-schema.ts'
import { zoneViewOf } from '../zone-view.ts'
import type { ListZones } from './query.ts'

const schema = {
  tags: ['delivery'],
  summary: 'List the zones to which couriers deliver; the first one that matches an address applies',
  response: { 200: ZoneList },
}

export const listZonesRoute =
  ({ listZones }: Readonly<{ listZones: ListZones }>): Routes =>
  (http) => {
    http.get('/admin/delivery-zones', { schema, config: { access: { permission: 'delivery.read' } } }, async () => ({
      items: (await listZones()).map(zoneViewOf),
    }))
  }
