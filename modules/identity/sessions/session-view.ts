import type { SessionView } from './schema.ts'

/** The facts of a session that its user sees. */
export type SessionFacts = Readonly<{
  id: string
  device: string
  ip: string
  created_at: Date
  used_at: Date
  expires_at: Date
}>

/** Shows a session to its user. `current_id` is the session of the request. */
export const sessionViewOf = (
  { created_at, used_at, expires_at, ...facts }: SessionFacts,
  current_id: string,
): SessionView => ({
  ...facts,
  is_current: facts.id === current_id,
  created_at: created_at.toISOString(),
  used_at: used_at.toISOString(),
  expires_at: expires_at.toISOString(),
})
