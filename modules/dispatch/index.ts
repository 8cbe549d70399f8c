import { randomInt } from 'node:crypto'
import type { Db } from '#platform/db'
import type { Module } from '#platform/module'
import type { Storage } from '#platform/storage'
import type { Clock } from '#platform/values'
import type { DispatchApi } from './api.ts'
import { dispatchChecks } from './checks.ts'
import type { Contract } from './contract.ts'
import { course, type CourseApiAddress, type CourseMessages } from './course/index.ts'
import { dispatchEvents } from './events.ts'
import { fleet, type FleetSettings } from './fleet/index.ts'
import { embeddedGeo } from './geo/embedded.ts'
import type { Geo } from './geo/geo.ts'
import type { PeriodTerms } from './messages/basket-event.ts'
import { gridOrdersMetric, openParcelsMetric } from './metrics.ts'
import { roadDistances } from './roads/road-distances.ts'

export type { CourseMessages, DispatchApi }

type Needs = Readonly<{
  db: Db
  now: Clock
  /** DISPATCH_CONTRACT */
  contract: Contract
  /** Milliseconds of a step on the grid: DISPATCH_STEP. */
  step: number
  /** The settings of the couriers of the shop: DISPATCH_OFFER_TIME and others. */
  fleet: FleetSettings
  /** DISPATCH_ROAD_URL: measures ways on roads; the metric of the fleet alone when absent. */
  roadUrl?: string | undefined
  storage: Storage
  /** Where the course API listens; it is off when absent. */
  courseApi?: CourseApiAddress | undefined
  /** Kafka of the Delivery system; absent without one. */
  messages?: CourseMessages | undefined
  /** How baskets count the times of their delivery; hours of the day in Moscow when absent. */
  period?: PeriodTerms
  /** GEO_SERVICE_GRPC_HOST: finds cells of addresses; the embedded hash when absent. */
  geoHost?: string | undefined
  /** Instead of both. */
  geo?: Geo
}>

/** Couriers and the orders that they bring. */
export function dispatch({
  db,
  now,
  geo,
  geoHost,
  roadUrl,
  storage,
  fleet: fleetSettings,
  ...settings
}: Needs): Module<DispatchApi> {
  const outside = geoHost === undefined ? undefined : geoOver({ host: geoHost, contract: settings.contract, now })
  const grid = course({
    db,
    now,
    geo: geo ?? outside ?? embeddedGeo,
    draw: (below) => randomInt(below),
    courseApi: undefined,
    messages: undefined,
    period: { unit: 'hours', zone: 'Europe/Moscow' },
    ...settings,
  })
  const roads = roadUrl === undefined ? undefined : roadDistances({ url: roadUrl })
  const couriers = fleet({ db, now, storage, roads, ...fleetSettings })
  return {
    name: 'dispatch',
    description: 'Couriers and the orders that they bring.',
    api: { parcelOf: couriers.parcelOf },
    routes: [...grid.routes, ...couriers.routes],
    pages: couriers.pages,
    publishes: dispatchEvents,
    subscriptions: [...grid.subscriptions, ...couriers.subscriptions],
    relays: grid.relays,
    jobs: couriers.jobs,
    background: [...grid.background, ...couriers.background],
    checks: dispatchChecks(db),
    metrics: [gridOrdersMetric(db), openParcelsMetric(db), ...grid.metrics],
  }
}

/** Generation D sends addresses in parts. The client is loaded and connects at its first call. */
function geoOver({ host, contract, now }: Readonly<{ host: string; contract: Contract; now: Clock }>): Geo {
  const open = async (): Promise<Geo> => {
    const { grpcGeo } = await import('./geo/grpc.ts')
    return grpcGeo({ host, contract: contract === 'd' ? 'address' : 'street', now })
  }
  let opened: Promise<Geo> | undefined
  return { locate: async (address) => await (await (opened ??= open())).locate(address) }
}
