import { openLogs, startErrorReports, startTracing, type Logs } from '#platform/telemetry'
import { logLevelOf, type Config } from '../config/config.ts'
import { version } from '../version.ts'

/** The log of a process, and its spans and error reports where the settings send them, until `stop`. */
export async function openTelemetry(
  config: Config,
  service: string,
): Promise<Readonly<{ logs: Logs; stop: () => Promise<void> }>> {
  const logs = openLogs({ service, version, level: logLevelOf(config), format: config.logs.format })
  const program = { service, version }
  const stopReports = await startErrorReports({ settings: config.errorReports, ...program, log: logs('sentry') })
  const stopTracing = await startTracing({ settings: config.tracing, ...program, log: logs('traces') })
  return { logs, stop: async () => void (await Promise.all([stopReports(), stopTracing()])) }
}
