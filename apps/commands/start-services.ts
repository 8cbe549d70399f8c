import { openLogs, type Logs } from '#platform/telemetry'
import { openApp } from '../app.ts'
import { logLevelOf, type Config } from '../config/config.ts'
import { secretOf, serviceConfigOf } from '../config/service-config.ts'
import { seedDemo } from '../demo/seed.ts'
import { runApp, type Place, type Role } from '../run.ts'
import type { LocalApis } from '../services/apis.ts'
import { otherServices } from '../services/participants.ts'
import { openRemoteApis } from '../services/remote-apis.ts'
import type { ServiceName } from '../services/services.ts'
import { ensureBuild, openBuild } from '../storefront/build.ts'
import { version } from '../version.ts'
import { inviteFirstAdmin, showInvitation } from './first-admin.ts'
import type { Outputs } from './run-until-signal.ts'

/** Ends one service. */
type Stop = () => Promise<void>

type ServeNeeds = Pick<Outputs, 'announce' | 'isTerminal'> &
  Readonly<{
    /** Absent where the start has one process only. */
    place?: Place
    /** The settings decide the role when it is absent. */
    role?: Role
  }>

/**
 * Runs each of the services over its own database and on its own port, all in this process. They call each other without
 * HTTP, and the other services at their addresses. Returns a function that stops them.
 */
export async function startServices(
  config: Config,
  names: readonly [ServiceName, ...ServiceName[]],
  serving: ServeNeeds,
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
      stops.push(await startService({ service, config: own, remote, local }, serving))
  } catch (error) {
    await stop()
    throw error
  }
  return stop
}

type StartNeeds = Required<Pick<Parameters<typeof openApp>[0], 'config' | 'service' | 'remote' | 'local'>>

async function startService(starting: StartNeeds, { announce, isTerminal, place, role }: ServeNeeds): Promise<Stop> {
  const { config, service } = starting
  const isFirst = role !== 'background' && (place === undefined || place.number === 1)
  const app = await openApp({ ...starting, announce: (line) => announce(`${service}: ${line}`) })
  try {
    if (isFirst && config.app.demo === true) await seedDemo(app)
    // The shop has the pages.
    const build = service === 'shop' && role !== 'background' ? await openBuild(await ensureBuild(announce)) : undefined
    const own = { app, logs: logsOf(config, service), remote: otherServices(service) }
    const code = isFirst ? await inviteFirstAdmin(app) : undefined
    // The last step that may fail: a service that listens stays open.
    const running = await runApp({ ...own, ...(build && { build }), ...(place && { place }), ...(role && { role }) })
    announce(
      `Posad ${version} ${role === 'background' ? 'works for' : 'runs'} the ${service} service: ${running.address}`,
    )
    const stopInviting = isFirst ? showInvitation(app, code, { announce, isTerminal }) : () => {}
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
