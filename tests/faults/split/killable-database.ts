import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isAlive, migrateUp, openPool, startEmbedded } from '#platform/db'
import { eventually } from '#platform/testing'
import { databaseOf } from '../../start/shop-process.ts'

/** A PostgreSQL server of one test file, with one migrated database. */
export type KillableDatabase = Readonly<{
  url: string
  /** Kills the server with SIGKILL. Its supervisor starts it again at its port. Returns when it is gone. */
  kill: () => Promise<void>
  close: () => Promise<void>
}>

/** Starts a server that may be killed without harm to the databases of other tests. */
export async function openKillableDatabase(): Promise<KillableDatabase> {
  const directory = mkdtempSync(join(tmpdir(), 'posad-killable-'))
  chmodSync(directory, 0o755)
  // A killed process loses nothing that it has given to the system, so no write has to wait for the disk.
  const server = await startEmbedded({ directory, settings: { fsync: 'off' } })
  let lost: Error | undefined
  server.supervise({ announce: () => {}, onGiveUp: (reason) => (lost = reason) })
  const url = server.url('posad')
  const pool = openPool({ url, size: 1, name: 'fault tests' })
  await migrateUp(pool)
  await pool.end()
  return {
    url,
    kill: async () => {
      assert.ifError(lost)
      const pid = databaseOf(directory)?.pid
      assert.ok(pid, 'the database runs')
      process.kill(pid, 'SIGKILL')
      await eventually(() => assert.ok(!isAlive(pid)))
    },
    close: async () => {
      await server.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
