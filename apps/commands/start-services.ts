import { openLogs, type Logs } from '#platform/telemetry'
import type { LocalApis } from '../apis.ts'
import { openApp } from '../app.ts'
import { logLevelOf, type Config } from '../config.ts'
import { seedDemo } from '../demo/seed.ts'
import { inviteFirstAdmin } from '../first-admin.ts'
import { otherServices } from '../participants.ts'
import { openRemoteApis } from '../remote-apis.ts'
import { runApp } from '../run.ts'
import { secretOf, serviceConfigOf } from '../service-config.ts'
import type { ServiceName } from '../services.ts'
import { ensureBuild, openBuild } from '../storefront/build.ts'
import { version } from '../version.ts'
import type { Outputs } from './run-until-signal.ts'

/** Ends one service. */
type Stop = () => Promise<void>

/**
 * Runs each of the services over its own database and on its own port, all in this process. They call each other without
 * HTTP, and the other services at their addresses. Returns a function that stops them.
 */
export async function startServices(
  config: Config,
  names: readonly [ServiceName, ...ServiceName[]],
  outputs: Outputs,
): Promise<Stop> {
  const isSingle = names.length === 1
  const configs = names.map((name) => [name, serviceConfigOf(config, name, { isSingle })] as const)
  const remote = openRemoteApis({ config, secret: secretOf(config, names[0]), runs: names })
  const local: LocalApis = {}
  const stops: Stop[] = []
  const stop = async () => {
    await Promise.all(stops.map(async (stopOne) => await stopOne()))
    await remote.close()
  }
  try {
    for (const [service, own] of configs)
      stops.push(await startService({ service, config: own, remote, local }, outputs))
  } catch (error) {
    await stop()
    throw error
  }
  if (outputs.isTerminal) outputs.announce('  Stop with Ctrl-C')
  return stop
}

type Starting = Required<Pick<Parameters<typeof openApp>[0], 'config' | 'service' | 'remote' | 'local'>>

async function startService(starting: Starting, { announce, isTerminal }: Outputs): Promise<Stop> {
  const { config, service } = starting
  const app = await openApp({ ...starting, announce: (line) => announce(`${service}: ${line}`) })
  try {
    if (config.app.demo === true) await seedDemo(app)
    // The shop has the pages.
    const build = service === 'shop' ? await openBuild(await ensureBuild(announce)) : undefined
    const logs = logsOf(config, service)
    const running = await runApp({ app, logs, remote: otherServices(service), ...(build && { build }) })
    announce(`Posad ${version} runs the ${service} service: ${running.address}`)
    const stopInviting = await inviteFirstAdmin(app, { announce, isTerminal })
    return async () => {
      await running.stop()
      stopInviting()
      await app.close()
    }
  } catch (error) {
    await app.close()
    throw error
  }
}

const logsOf = (config: Config, service: ServiceName): Logs =>
  openLogs({ service, version, level: logLevelOf(config), format: config.logs.format })
