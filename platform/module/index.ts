import type { EventDefinition, Subscription } from '#platform/events'
import type { Routes } from '#platform/http'
import type { Job } from '#platform/jobs'
import type { WatchedSaga } from '#platform/saga'
import type { Metric } from '#platform/telemetry'

/** An invariant: `drift` returns the rows that break it, none when all is well. */
export type Check = Readonly<{ name: string; description: string; violations: () => Promise<readonly object[]> }>

/** A bounded context as its door hands it over; the composition root mounts, starts and connects what is in it. */
export type Module<Asks = unknown> = Readonly<{
  name: string
  /** One sentence for readers of the API documents. */
  description?: string
  /** What other modules may ask, in process or over HTTP. */
  api: Asks
  /** Under `/api/v1`. */
  routes?: readonly Routes[]
  /** Outside of `/api/v1`: pages for people, well-known documents. */
  pages?: readonly Routes[]
  publishes?: readonly EventDefinition[]
  subscriptions?: readonly Subscription[]
  jobs?: readonly Job[]
  sagas?: readonly WatchedSaga[]
  checks?: readonly Check[]
  /** What Prometheus may know of it. */
  metrics?: readonly Metric[]
}>
