import { join } from 'node:path'
import { EmbeddedFailed } from './embedded-failed.ts'
import { waitForLock } from './lock.ts'
import type { ServerLocation } from './server-location.ts'

/** Lets one process at a time start or stop the server of a directory. */
export async function withServerLock<Result>(location: ServerLocation, work: () => Promise<Result>): Promise<Result> {
  const release = await waitForLock(join(location.directory, 'postgres.lock'), 'exclusive', 60_000)
  if (!release)
    throw new EmbeddedFailed(
      `Another process has been starting or stopping the database in ${location.directory} for a minute`,
    )
  try {
    return await work()
  } finally {
    release()
  }
}
