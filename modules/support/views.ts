import type { FaqRow, Topic } from './store.ts'

export const topicViewOf = ({ created_at, ...topic }: Topic) => ({ ...topic, created_at: created_at.toISOString() })

export const adminFaqViewOf = ({ created_at, updated_at, ...entry }: FaqRow) => ({
  ...entry,
  created_at: created_at.toISOString(),
  updated_at: updated_at.toISOString(),
})
