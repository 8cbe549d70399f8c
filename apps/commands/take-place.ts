import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { takeInstanceLock } from '#platform/db'
import type { Config } from '../config/config.ts'
import { listenRefusal } from '../listen.ts'
import { Refusal } from '../terminal/refusal.ts'

/** Holds the directory and the port of a start. */
export type HeldPlace = Readonly<{ release: () => void; listensAt: (address: string) => void }>

/** Takes the directory and the port for this start. Refuses them when another program has them. */
export async function takePlace(config: Config): Promise<HeldPlace> {
  // A taken port leaves no new directory behind. Before the lock, the probe could take the port from a start that has it.
  if (!existsSync(config.app.directory)) await refuseTakenPort(config.app)
  const lock = await lockDirectory(config)
  try {
    await refuseTakenPort(config.app)
    return lock
  } catch (error) {
    lock.release()
    throw error
  }
}

/**
 * Refuses a second start in the same directory, because both would use its database. An external database needs no lock:
 * several processes may share it.
 */
async function lockDirectory({ app, database }: Config): Promise<HeldPlace> {
  if (database.kind === 'external') return { release: () => {}, listensAt: () => {} }
  const lock = await takeInstanceLock(app.directory, { address: `http://${app.host}:${app.port}` })
  if ('release' in lock) return lock
  const { pid, address } = lock.heldBy
  throw new Refusal(`Posad already runs in ${app.directory}: ${address} (process ${pid})`)
}

/** Refuses a taken port before the start makes a database. */
async function refuseTakenPort({ host, port }: Config['app']): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error) => reject(listenRefusal(error, { host, port })))
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve()))
  })
}
