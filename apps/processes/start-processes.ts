import { randomBytes } from 'node:crypto'
import type { Outputs } from '../commands/run-until-signal.ts'
import { takePlace } from '../commands/take-place.ts'
import { changed, type Config } from '../config/config.ts'
import { refuseServiceDatabases } from '../config/service-config.ts'
import { openDatabase } from '../database/open-database.ts'
import type { Order } from './messages.ts'
import { ServerProcesses } from './server-processes.ts'
import { shareOf } from './share.ts'

type Started = Readonly<{ address?: string; stop: () => Promise<void> }>

/**
 * Starts the processes that serve on one port. This process serves nothing: it has the directory, supervises the embedded database, and
 * replaces a process that ends.
 */
export async function startProcesses(
  config: Config,
  { runsAll }: Readonly<{ runsAll: boolean }>,
  { logs, announce, fail }: Outputs,
): Promise<Started> {
  const released = runsAll
    ? await openPlace(config, { announce, fail })
    : { listensAt: () => {}, release: async () => {} }
  const streamSecret = randomBytes(32).toString('base64url')
  const processes = new ServerProcesses({ count: config.app.processes, streamSecret, log: logs('posad'), announce })
  const stop = async () => {
    await processes.stop()
    await released.release()
  }
  try {
    const address = await processes.start()
    released.listensAt(address)
    return { ...(runsAll && { address }), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The whole shop has one directory, one port and one database; services have a database and a port each. */
async function openPlace(config: Config, { announce, fail }: Pick<Outputs, 'announce' | 'fail'>) {
  refuseServiceDatabases(config)
  const lock = await takePlace(config)
  try {
    const database = await openDatabase({ config, announce, onDatabaseLost: fail })
    return {
      listensAt: lock.listensAt,
      release: async () => {
        await database.stop()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

type Start = Pick<Extract<Order, { kind: 'start' }>, 'streamSecret'>

/** The settings of one of the processes. */
export function changedForProcess(config: Config, { streamSecret }: Start): Config {
  const own = shareOf(config, config.app.processes)
  return changed(own, { http: { ...own.http, streamSecret: own.http.streamSecret ?? streamSecret } })
}
