import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { outboxStatus } from '#platform/events'
import { eventually } from '#platform/testing'
import type { Shop } from '../e2e/open-shop.ts'

/** One checksum for each table of the modules, and for the platform's tables of events, sagas and stored responses. */
export async function checksums({ app }: Shop): Promise<Record<string, string>> {
  const { rows } = await sql<{ name: string }>`
    select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema', 'graphile_worker', 'posad')
      -- The clock of a job, and the plan of the couriers with its lease: they change by themselves.
      and (table_schema, table_name) not in (('dispatch', 'ticks'), ('dispatch', 'planners'), ('dispatch', 'routes'))
      and (table_schema <> 'platform' or table_name in ('event', 'saga', 'saga_step', 'parked', 'idempotency', 'operation'))
    order by name
  `.execute(app.db)
  const sums: Record<string, string> = {}
  for (const { name } of rows) {
    const sum = await sql<{ sum: string }>`
      select count(*) || ' rows ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as sum
      from ${sql.raw(name)} t
    `.execute(app.db)
    sums[name] = sum.rows[0]?.sum ?? ''
  }
  return sums
}

/** Waits until no event, retry or job is left to handle, and returns the checksums of that state. */
export const whenQuiet = async (shop: Shop): Promise<Record<string, string>> =>
  await eventually(
    async () => {
      await assertIdle(shop)
      const first = await checksums(shop)
      await assertIdle(shop)
      assert.deepEqual(await checksums(shop), first, 'the shop still changes its tables')
      return first
    },
    { within: 15_000 },
  )

/** Fails while a group has events to handle or messages to retry, or while a job is due or runs. */
async function assertIdle({ app }: Shop): Promise<void> {
  const groups = await outboxStatus(app.db)
  assert.ok(groups.length > 0, 'the shop has consumer groups')
  const busy = groups.filter(({ lag_events, retrying }) => lag_events > 0 || retrying > 0)
  const { rows: jobs } = await sql<{ name: string }>`
    select task_identifier as name from graphile_worker.jobs
    where locked_at is not null or (run_at <= now() and attempts < max_attempts)
  `.execute(app.db)
  assert.deepEqual([busy.map(({ group }) => group), jobs.map(({ name }) => name)], [[], []], 'the shop still works')
}
