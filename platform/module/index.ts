import type { OwnCache } from '#platform/cache'
import type { Check } from '#platform/checks'
import type { EventDefinition, RelayGroup, Subscription } from '#platform/events'
import type { Routes } from '#platform/http'
import type { Job } from '#platform/jobs'
import type { WatchedSaga } from '#platform/saga'
import type { Log, Metric } from '#platform/telemetry'

/** Work of a module that lasts as long as the app: a loop, a consumer of another system, a further server. */
export type Background = Readonly<{
  name: string
  /** Starts the work. Returns a function that ends it and waits for the current step. */
  start: (log: Log) => Promise<() => Promise<void>>
}>

/** The public interface of a bounded context. The composition root mounts, starts and connects its parts. */
export type Module<Api = unknown> = Readonly<{
  name: string
  /** One sentence for readers of the API documents. */
  description?: string
  /** The functions that other modules may call, in process or over HTTP. */
  api: Api
  /** Mounted under `/api/v1`. */
  routes?: readonly Routes[]
  /** Paths of its routes that clients may also call without the version: `/orders` answers at `/api/orders`. */
  unversionedPaths?: readonly `/${string}`[]
  /** Mounted outside `/api/v1`: pages for people, well-known documents. */
  pages?: readonly Routes[]
  /** Pages that a server without the storefront has: the storefront has its own at the same paths. */
  plainPages?: readonly Routes[]
  /** Answers the calls of other processes under `/api/v1/internal`; mounted only where the services are split. */
  internal?: readonly Routes[]
  publishes?: readonly EventDefinition[]
  subscriptions?: readonly Subscription[]
  /** Groups that report events of the module to other systems. */
  relays?: readonly RelayGroup[]
  jobs?: readonly Job[]
  /** Started after the jobs and stopped with them. */
  background?: readonly Background[]
  sagas?: readonly WatchedSaga[]
  checks?: readonly Check[]
  /** Tags of cached values that the triggers of its tables report as changed: see `watchInvalidations`. */
  cacheTags?: readonly string[]
  /** Caches of its own that the triggers of its tables report as stale. */
  ownCaches?: readonly OwnCache[]
  /** Metrics for Prometheus. */
  metrics?: readonly Metric[]
}>
