import type { Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { EnsureTopicBody } from '../schema.ts'
import type { SupportDb, Topic } from '../store.ts'

export type BindTopicOutcome =
  | Readonly<{ kind: 'bound'; topic: Topic }>
  | Readonly<{ kind: 'same'; topic: Topic }>
  | Refused<'bound-elsewhere'>
export type BindTopic = (input: EnsureTopicBody) => Promise<BindTopicOutcome>

/** Binds a customer to a thread. Two requests at once bind one of them: both sides are unique in the table. */
export const bindTopic =
  ({ db, now }: Readonly<{ db: SupportDb; now: Clock }>): BindTopic =>
  async (input) => {
    const inserted = await db
      .insertInto('support.topics')
      .values({ ...input, created_at: now() })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst()
    if (inserted) return { kind: 'bound', topic: inserted }
    const topic = await db
      .selectFrom('support.topics')
      .selectAll()
      .where('user_telegram_id', '=', input.user_telegram_id)
      .where('admin_chat_id', '=', input.admin_chat_id)
      .where('thread_id', '=', input.thread_id)
      .executeTakeFirst()
    return topic ? { kind: 'same', topic } : { kind: 'refused', reason: 'bound-elsewhere' }
  }
