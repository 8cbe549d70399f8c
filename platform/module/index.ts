import type { Check } from '#platform/checks'
import type { EventDefinition, Subscription } from '#platform/events'
import type { Routes } from '#platform/http'
import type { Job } from '#platform/jobs'
import type { WatchedSaga } from '#platform/saga'
import type { Metric } from '#platform/telemetry'

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
  /** Answers the calls of other processes under `/api/v1/internal`; mounted only where the services are split. */
  internal?: readonly Routes[]
  publishes?: readonly EventDefinition[]
  subscriptions?: readonly Subscription[]
  jobs?: readonly Job[]
  sagas?: readonly WatchedSaga[]
  checks?: readonly Check[]
  /** Tags of cached values that the triggers of its tables report as changed: see `watchInvalidations`. */
  cacheTags?: readonly string[]
  /** Metrics for Prometheus. */
  metrics?: readonly Metric[]
}>
