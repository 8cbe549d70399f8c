import { Client } from 'pg'

/**
 * The SQL statements that clients send, without begin, commit and set, and the commits that write: a transaction has an id
 * once it writes.
 */
export type Counts = Readonly<{ statements: number; commits: number }>

export type StatementCounter = Readonly<{
  read: () => Promise<Counts>
  /** Ends the count. A later counter would miss the statements that are prepared meanwhile. */
  stop: () => Promise<void>
  close: () => Promise<void>
}>

const total = `
  select coalesce(sum(calls), 0)::int as statements, pg_snapshot_xmax(pg_current_snapshot())::text::int as commits
  from pg_stat_statements s join pg_database d on d.oid = s.dbid
  where d.datname = $1 and s.query !~* '^(begin|commit|rollback|set)( |;|$)' and s.query <> 'select'`

/**
 * Counts the statements in `database` of the server of `url` until `stop`, and the commits in all databases. `url`
 * names another database, so that the statements of the counter do not count.
 */
export async function openCounter(url: string, database: string): Promise<StatementCounter> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query('create extension if not exists pg_stat_statements')
  await trackStatements(client, true)
  return {
    read: async () => {
      const { rows } = await client.query<Counts>(total, [database])
      if (!rows[0]) throw new Error('pg_stat_statements returned no row')
      return rows[0]
    },
    stop: () => trackStatements(client, false),
    close: () => client.end(),
  }
}

type Server = Readonly<{ query: (text: string) => Promise<unknown> }>

/** Switches pg_stat_statements on or off for all sessions: a count of every statement slows the server. */
export async function trackStatements(server: Server, isOn: boolean): Promise<void> {
  await server.query(`alter system set pg_stat_statements.track = '${isOn ? 'top' : 'none'}'`)
  await server.query(`alter system set compute_query_id = '${isOn ? 'on' : 'off'}'`)
  await server.query('select pg_reload_conf()')
}
