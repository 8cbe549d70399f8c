import type { Logs } from '#platform/telemetry'
import type { App } from './app.ts'

type End = () => Promise<void>

/** Starts the lasting work of the modules. Ends the parts that have started when one does not start. */
export async function startBackground({ modules }: Pick<App, 'modules'>, logs: Logs): Promise<readonly End[]> {
  const started: End[] = []
  try {
    for (const { name, background = [] } of modules)
      for (const part of background) started.push(await part.start(logs(name)))
    return started
  } catch (error) {
    await Promise.all(started.map((end) => end()))
    throw error
  }
}
