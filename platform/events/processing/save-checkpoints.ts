import { crashPoint } from '../crash-points.ts'
import type { Checkpoint } from '../log/checkpoint.ts'
import type { Leadership } from '../log/leadership.ts'
import type { Counts } from './event-processor.ts'
import type { LedGroup } from './led-group.ts'

/**
 * Milliseconds between two saves. Every save is a transaction, which the next snapshot shows. A crash only makes the group
 * read again what the inbox recognises.
 */
const busyInterval = 1000
/** The same for a group without events. It must save at times, because the slowest group keeps old partitions in place. */
const idleInterval = 60_000

type Saved = Readonly<{ checkpoint: Checkpoint; handled: number; duplicates: number; work: number; at: number }>

/**
 * Saves the checkpoints of all led groups in one statement, fenced by their epochs and by their registered types: a leader
 * that does not subscribe to one of them has read past its events.
 */
export function checkpointSaver(
  leadership: Pick<Leadership, 'id' | 'connection' | 'resign'>,
  led: ReadonlySet<LedGroup>,
) {
  const saved = new WeakMap<LedGroup, Saved>()
  const lastOf = (group: LedGroup): Saved =>
    saved.get(group) ?? { checkpoint: group.firstCheckpoint, handled: 0, duplicates: 0, work: 0, at: -Infinity }
  const save = async (owner: string | null, groups: readonly LedGroup[]) => {
    const { connection } = leadership
    if (groups.length === 0 || !connection) return
    crashPoint('after-commit.before-checkpoint')
    const current = groups.map(stateOf)
    const last = groups.map(lastOf)
    const rows = await connection.query('log-checkpoint', update, [
      groups.map(({ name }) => name),
      groups.map(({ epoch }) => epoch),
      current.map(({ checkpoint }) => checkpoint.snapshot),
      current.map(({ checkpoint }) => checkpoint.open_window),
      current.map(({ checkpoint }) => checkpoint.position),
      current.map(({ handled }, i) => handled - (last[i]?.handled ?? 0)),
      current.map(({ duplicates }, i) => duplicates - (last[i]?.duplicates ?? 0)),
      owner,
      groups.map(({ types }) => JSON.stringify(types)),
    ])
    for (const [i, group] of groups.entries()) if (current[i]) saved.set(group, current[i])
    if (rows.length < groups.length) leadership.resign()
  }
  return {
    /** Saves the groups whose checkpoint is due. */
    save: () => {
      const groups = [...led].filter((group) => isDue(group, lastOf(group)))
      return save(leadership.id, groups)
    },
    /** Saves groups, all when absent, and that their leader left them in good order. */
    leave: (groups: readonly LedGroup[] = [...led]) => save(null, groups),
  }
}

const stateOf = ({ checkpoint, counts }: LedGroup): Saved => ({
  checkpoint,
  handled: counts.handled,
  duplicates: counts.duplicates,
  work: workOf(counts),
  at: performance.now(),
})

const workOf = ({ handled, duplicates, parked, dead }: Counts) => handled + duplicates + parked + dead

function isDue({ checkpoint: reached, counts }: LedGroup, last: Saved): boolean {
  const { checkpoint, work, at } = last
  const age = performance.now() - at
  if (age < busyInterval) return false
  if (reached.open_window !== checkpoint.open_window || reached.position !== checkpoint.position) return true
  return reached.snapshot !== checkpoint.snapshot && (workOf(counts) !== work || age > idleInterval)
}

/* Only progress of the group, or a leader that leaves in good order, clears the list of the lost leaders. */
const update = `
  update platform.consumer set snapshot = saved.snapshot::pg_snapshot, open_window = saved.open_window::pg_snapshot,
    position = saved.position, owner = $8, handled = consumer.handled + saved.handled, duplicates = consumer.duplicates + saved.duplicates,
    updated_at = now(),
    lost_leaders = case when $8::text is not null and
      (consumer.snapshot::text, consumer.open_window::text, consumer.position) is not distinct from (saved.snapshot, saved.open_window, saved.position)
      then consumer.lost_leaders else '{}' end
  from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $9::jsonb[])
    as saved(consumer_group, epoch, snapshot, open_window, position, handled, duplicates, types)
  where consumer.consumer_group = saved.consumer_group and consumer.epoch = saved.epoch
    and consumer.types <@ array(select jsonb_array_elements_text(saved.types)) returning consumer.consumer_group`
