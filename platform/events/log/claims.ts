import type { GroupClaim } from './balance.ts'
import { asJson, candidates, type LogGroup } from './group-types.ts'
import type { LogConnection } from './log-connection.ts'

/*
 * A process that may lead a group holds a shared session lock, and the process that leads it holds an exclusive one. Both end
 * with its connection: no row names a process that has died, and none has to write a heartbeat, which would consume a
 * transaction id and so change the snapshot of every idle group.
 */

const leaderKey = `hashtextextended('platform:' || consumer_group, 0)`
const candidateKey = `hashtextextended('platform:candidate:' || consumer_group, 0)`

const claims = `
  with held as materialized (
    select pid, mode, (classid::bigint << 32) | objid::bigint as key from pg_locks
    where locktype = 'advisory' and objsubid = 1 and granted
      and database = (select oid from pg_database where datname = current_database()))
  select consumer_group, array(select unnest(consumer.types) except select unnest(candidate.types)) as missing,
    (select pid from held where key = ${leaderKey} and mode = 'ExclusiveLock' limit 1) as leader,
    array(select pid from held where key = ${candidateKey} and mode = 'ShareLock' order by pid) as candidates
  from ${candidates} left join platform.consumer using (consumer_group)`

const chosen = 'unnest($1::text[]) as chosen(consumer_group)'
const claim = `select pg_try_advisory_lock_shared(${candidateKey}) from ${chosen}`
const disclaim = `select pg_advisory_unlock_shared(${candidateKey}) from ${chosen}`
const lock = `select consumer_group, pg_try_advisory_lock(${leaderKey}) as locked from ${chosen}`
const unlock = `select pg_advisory_unlock(${leaderKey}) from ${chosen}`

/** The leader and the candidates of a group. `missing` are the registered types that this process does not subscribe to. */
export type OwnClaim = GroupClaim & Readonly<{ missing: readonly string[] }>

/** The claims of this process to the groups that it may lead, and those of the others. */
export class Candidacy {
  readonly #groups: readonly LogGroup[]
  /** The groups for which other processes see this one as a candidate. */
  readonly #claimed = new Set<string>()

  constructor(groups: readonly LogGroup[]) {
    this.#groups = groups
  }

  /**
   * Reads who leads each group and who may. This process becomes a candidate for the groups whose types it handles, for none when it
   * is `retired`. `changed`: it became one or ceased to be one.
   */
  async read(
    log: LogConnection,
    retired: boolean,
  ): Promise<Readonly<{ claims: readonly OwnClaim[]; changed: boolean }>> {
    if (this.#groups.length === 0) return { claims: [], changed: false }
    const claims = await this.#read(log)
    const may = new Set(
      claims.flatMap(({ consumer_group, missing }) => (missing.length > 0 || retired ? [] : [consumer_group])),
    )
    const fresh = [...may].filter((name) => !this.#claimed.has(name))
    const over = [...this.#claimed].filter((name) => !may.has(name))
    if (fresh.length === 0 && over.length === 0) return { claims, changed: false }
    await log.query('log-claim', claim, [fresh])
    await log.query('log-disclaim', disclaim, [over])
    for (const name of fresh) this.#claimed.add(name)
    for (const name of over) this.#claimed.delete(name)
    return { claims: await this.#read(log), changed: true }
  }

  /** The connection is lost, and with it every lock. */
  clear(): void {
    this.#claimed.clear()
  }

  async #read(log: LogConnection): Promise<readonly OwnClaim[]> {
    return await log.query<OwnClaim>('log-claims', claims, [asJson(this.#groups)])
  }
}

/** Locks those of the groups that no process leads, and returns their names. */
export async function lockGroups(log: LogConnection, groups: readonly string[]): Promise<readonly string[]> {
  if (groups.length === 0) return []
  const rows = await log.query<{ consumer_group: string; locked: boolean }>('log-lock', lock, [groups])
  return rows.filter(({ locked }) => locked).map(({ consumer_group }) => consumer_group)
}

/** Lets another process lead a group. */
export const unlockGroup = async (log: LogConnection, group: string): Promise<unknown> =>
  await log.query('log-unlock', unlock, [[group]])
