import type { Routes } from '#platform/http'
import type { ZoneCache } from '../store/zones.ts'
import { bySequence } from '../zone.ts'
import { maxZones, PublicZoneList, ZoneList } from '../zone-schema.ts'
import { publicZoneViewOf, zoneViewOf } from '../zone-view.ts'
import type { ListZones } from './query.ts'

const tags = ['delivery']
const forStaff = {
  tags,
  summary: 'List the zones to which couriers deliver; the first one that matches an address applies',
  response: { 200: ZoneList },
}
const forBuyers = {
  tags,
  summary: 'List the zones to which couriers deliver now, and what an address needs to be in them',
  response: { 200: PublicZoneList },
}

type Needs = Readonly<{ listZones: ListZones; zones: ZoneCache }>

export const listZonesRoutes =
  ({ listZones, zones }: Needs): Routes =>
  (http) => {
    http.get('/delivery/zones', { schema: forBuyers, config: { access: 'anyone' } }, async ({ locale }) => ({
      items: (await zones.list())
        .toSorted(bySequence)
        .slice(0, maxZones)
        .map((zone) => publicZoneViewOf(zone, locale)),
    }))

    const staff = { schema: forStaff, config: { access: { permission: 'delivery.read' } } }
    http.get('/admin/delivery-zones', staff, async () => ({ items: (await listZones()).map(zoneViewOf) }))
  }
