import type { Log } from './log.ts'
import { setErrorReporter } from './error-reporter.ts'
import type { ErrorReportSettings } from './settings.ts'

type ErrorReportNeeds = Readonly<{
  settings: ErrorReportSettings
  /** The name and the version of the program. */ service: string
  version: string
  log: Log
}>

/**
 * Sends the errors that this process logs to the Sentry that the settings name, until the returned function is called: it sends
 * the last ones. Without a DSN nothing is loaded. A Sentry that is away costs reports and nothing else.
 */
export async function startErrorReports(needs: ErrorReportNeeds): Promise<() => Promise<void>> {
  const { dsn, environment } = needs.settings
  if (dsn === undefined) return async () => {}
  const { openSentry } = await import('./sentry.ts')
  const { service, version, log } = needs
  const { report, close } = openSentry({ dsn, environment, service, version, log })
  setErrorReporter(report)
  return async () => {
    setErrorReporter(undefined)
    await close()
  }
}
