import { notFound, type NotFound } from '#platform/outcome'
import type { SupportDb, Topic } from '../store.ts'

type Key = Readonly<{ user_telegram_id: number } | { admin_chat_id: number; thread_id: number }>
export type FindTopic = (key: Key) => Promise<Readonly<{ kind: 'found'; topic: Topic }> | NotFound>

/** The topic of a customer, or of a thread. */
export const findTopic =
  (db: SupportDb): FindTopic =>
  async (key) => {
    const topics = db.selectFrom('support.topics').selectAll()
    const topic = await (
      'thread_id' in key
        ? topics.where('admin_chat_id', '=', key.admin_chat_id).where('thread_id', '=', key.thread_id)
        : topics.where('user_telegram_id', '=', key.user_telegram_id)
    ).executeTakeFirst()
    return topic ? { kind: 'found', topic } : notFound('topic')
  }
