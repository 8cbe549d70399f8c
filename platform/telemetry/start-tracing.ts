import { setTimeout as sleep } from 'node:timers/promises'
import { seconds } from '#platform/values'
import type { Log } from './log.ts'
import type { TracingSettings } from './settings.ts'
import { setTracer } from './tracer.ts'

/** A collector that does not answer must not delay the end of the program for longer. */
const flushTimeout = seconds(3)

type TracingNeeds = Readonly<{
  settings: TracingSettings
  /** The name and the version of the program. */ service: string
  version: string
  log: Log
}>

/**
 * Sends the spans of this process to the collector that the settings name, until the returned function is called: it sends the
 * last ones. Without a collector nothing is loaded. A collector that is away costs spans and nothing else.
 */
export async function startTracing({ settings, service, version, log }: TracingNeeds): Promise<() => Promise<void>> {
  const { endpoint } = settings
  if (endpoint === undefined) return async () => {}
  const { openOtlpTracer } = await import('./otlp-tracer.ts')
  const name = settings.serviceName ?? service
  const { tracer, shutdown } = openOtlpTracer({ ...settings, endpoint, service: name, version, log })
  setTracer(tracer)
  return async () => {
    setTracer(undefined)
    const waited = new AbortController()
    // The exporter has logged that the collector is away; that must not fail the end of the program.
    await Promise.race([shutdown().catch(() => {}), sleep(flushTimeout, undefined, waited).catch(() => {})])
    waited.abort()
  }
}
