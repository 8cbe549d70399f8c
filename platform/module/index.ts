import type { EventDefinition, Hear } from '#platform/events'
import type { Routes } from '#platform/http'
import type { Job } from '#platform/jobs'
import type { WatchedSaga } from '#platform/saga'
import type { Figure } from '#platform/telemetry'

/** An invariant: `drift` returns the rows that break it, none when all is well. */
export type Check = Readonly<{ name: string; describes: string; drift: () => Promise<readonly object[]> }>

/** A bounded context as its door hands it over; the composition root mounts, starts and connects what is in it. */
export type Module<Asks = unknown> = Readonly<{
  name: string
  /** One sentence for readers of the API documents. */
  describes?: string
  /** What other modules may ask, in process or over HTTP. */
  asks: Asks
  /** Under `/api/v1`. */
  routes?: readonly Routes[]
  /** Outside of `/api/v1`: pages for people, well-known documents. */
  pages?: readonly Routes[]
  tells?: readonly EventDefinition[]
  hears?: readonly Hear[]
  jobs?: readonly Job[]
  sagas?: readonly WatchedSaga[]
  checks?: readonly Check[]
  /** What Prometheus may know of it. */
  figures?: readonly Figure[]
}>
