import { crashPoint } from './crash-points.ts'
import type { GroupConsumer } from './group-consumer.ts'
import type { Counts } from './event-processor.ts'
import type { Leadership } from './leadership.ts'
import type { Progress } from './checkpoint.ts'

/** Every write is a transaction, which the next snapshot shows; what a crash makes us read again, the inbox knows. */
const busyInterval = 1000
/** A group that heard nothing writes down now and then that it did: partitions are dropped behind the slowest group. */
const idleInterval = 60_000

type Kept = Readonly<{ progress: Progress; heard: number; duplicates: number; work: number; at: number }>

/** Writes the progress of led groups down, fenced by their epochs, in one statement for all of them. */
export function keepProgress(leadership: Leadership, led: ReadonlySet<GroupConsumer>) {
  const kept = new WeakMap<GroupConsumer, Kept>()
  const keptOf = (group: GroupConsumer): Kept =>
    kept.get(group) ?? { progress: group.began, heard: 0, duplicates: 0, work: 0, at: -Infinity }
  const write = async (owner: string | null, groups: readonly GroupConsumer[]) => {
    const { connection } = leadership
    if (groups.length === 0 || !connection) return
    crashPoint('after-commit.before-checkpoint')
    const now = groups.map(stateOf)
    const before = groups.map(keptOf)
    const rows = await connection.query('log-progress', update, [
      groups.map(({ name }) => name),
      groups.map(({ epoch }) => epoch),
      now.map(({ progress }) => progress.snapshot),
      now.map(({ progress }) => progress.open_window),
      now.map(({ progress }) => progress.position),
      now.map(({ heard }, i) => heard - (before[i]?.heard ?? 0)),
      now.map(({ duplicates }, i) => duplicates - (before[i]?.duplicates ?? 0)),
      owner,
    ])
    for (const [i, group] of groups.entries()) if (now[i]) kept.set(group, now[i])
    if (rows.length < groups.length) leadership.resign()
  }
  return {
    keep: () => {
      const groups = [...led].filter((group) => isWorthwhile(group, keptOf(group)))
      return write(leadership.me, groups)
    },
    /** Writes all of it, and that the leader left in good order. */
    leave: () => write(null, [...led]),
  }
}

const stateOf = ({ reached, processor: { counts } }: GroupConsumer): Kept => ({
  progress: reached,
  heard: counts.heard,
  duplicates: counts.duplicates,
  work: workOf(counts),
  at: performance.now(),
})

const workOf = ({ heard, duplicates, parked, dead }: Counts) => heard + duplicates + parked + dead

function isWorthwhile({ reached, processor: { counts } }: GroupConsumer, { progress, work, at }: Kept): boolean {
  const age = performance.now() - at
  if (age < busyInterval) return false
  if (reached.open_window !== progress.open_window || reached.position !== progress.position) return true
  return reached.snapshot !== progress.snapshot && (workOf(counts) !== work || age > idleInterval)
}

/* `crashes` is forgotten only when the group has got on since. */
const update = `
  update platform.consumer c set snapshot = now.snapshot::pg_snapshot, open_window = now.open_window::pg_snapshot, position = now.position, owner = $8,
    handled = c.handled + now.heard, duplicates = c.duplicates + now.duplicates, updated_at = now(),
    crashes = case when (c.snapshot::text, c.open_window::text, c.position) is not distinct from (now.snapshot, now.open_window, now.position)
      then c.crashes else 0 end
  from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[])
    as now(consumer_group, epoch, snapshot, open_window, position, heard, duplicates)
  where c.consumer_group = now.consumer_group and c.epoch = now.epoch returning c.consumer_group`
