import type { Client } from 'pg'
import { findParts, migrateUp, openPool, fingerprintOf } from '#platform/db'
import { onConnection, siblingOf } from './postgres.ts'

/** The newest templates that stay: each set of modules and each edit of a migration makes another one. */
const maxTemplates = 24

/** Returns the name of a database with all migrations of `parts`. Makes it at the first call for these files. */
export async function ensureTemplate(url: string, parts: readonly string[] | undefined): Promise<string> {
  const template = `posad_template_${fingerprintOf(findParts(parts))}`
  await onConnection(url, async (client) => {
    if (await exists(client, template)) return
    await client.query(`select pg_advisory_lock(hashtext('posad template'))`)
    if (await exists(client, template)) return
    const unfinished = `${template}_unfinished`
    await client.query(`drop database if exists ${unfinished} with (force)`)
    await client.query(`create database ${unfinished}`)
    await migrate(siblingOf(url, unfinished), parts)
    await client.query(`alter database ${unfinished} allow_connections false`)
    await client.query(`alter database ${unfinished} rename to ${template}`)
  })
  return template
}

async function exists(client: Client, database: string): Promise<boolean> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [database])
  return rowCount === 1
}

async function migrate(url: string, parts: readonly string[] | undefined): Promise<void> {
  const pool = openPool({ url, size: 1, name: 'test template' })
  try {
    await migrateUp(pool, parts ? { parts } : {})
  } finally {
    await pool.end()
  }
}

/** Drops the clones of dead test processes and old templates. */
export async function dropLeftovers(url: string, isAlive: (pid: number) => boolean): Promise<void> {
  await onConnection(url, async (client) => {
    const { rows } = await client.query<{ datname: string }>('select datname from pg_database order by oid desc')
    const names = rows.map(({ datname }) => datname)
    const orphans = names.filter((name) => {
      const pid = /^posad_case_(\d+)_/.exec(name)?.[1]
      return pid !== undefined && !isAlive(Number(pid))
    })
    const stale = names.filter((name) => name.startsWith('posad_template_')).slice(maxTemplates)
    for (const name of [...orphans, ...stale]) await client.query(`drop database if exists ${name} with (force)`)
  })
}
