import type { LogConnection } from './log-connection.ts'

/*
 * A group reads only the types that its leader subscribes to, and its progress is one checkpoint. A leader of an older
 * release would read past the types that only a newer release handles. So every process registers the types of its groups
 * before it publishes an event, and leads a group only if it subscribes to all registered types (ADR 17).
 */

/** The program of this process. */
export type Program = Readonly<{
  /** Its version, `1.2.3`. A newer one replaces the registered types of its groups. */
  release: string
  /** True when no other process can use the database. Its types then replace those of another build of its release. */
  alone: boolean
}>

/** A group that this process may lead, and the event types that it reads, each once. */
export type LogGroup = Readonly<{ name: string; types: readonly string[] }>

/** The groups as the parameter of `candidates`. */
export const asJson = (groups: readonly LogGroup[]): string =>
  JSON.stringify(groups.map(({ name, types }) => ({ consumer_group: name, types })))

/** The groups of a process as a table, from parameter `$1`. */
export const candidates = 'jsonb_to_recordset($1::jsonb) as candidate(consumer_group text, types text[])'

const register = `
  insert into platform.consumer (consumer_group, types, release)
  select consumer_group, types, $2::int[] from ${candidates} order by consumer_group
  on conflict (consumer_group) do update set release = excluded.release,
    types = case when excluded.release > consumer.release or $3 then excluded.types
      else array(select distinct type from unnest(consumer.types || excluded.types) as type order by type) end
  where excluded.release > consumer.release
    or (excluded.release = consumer.release and not (consumer.types @> excluded.types and ($3 is false or consumer.types <@ excluded.types)))
  returning consumer_group`

/** Registers the types of the groups. True when this changed one: its leader may have to resign. */
export async function registerTypes(
  log: LogConnection,
  groups: readonly LogGroup[],
  { release, alone }: Program,
): Promise<boolean> {
  const numbers = release.split('-', 1)[0]?.split('.').map(Number)
  const rows = await log.query('log-register', register, [asJson(groups), numbers, alone])
  return rows.length > 0
}
