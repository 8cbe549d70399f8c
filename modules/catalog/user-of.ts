import type { Caller } from '#platform/http'

/** Whose doing a change was; machines have no id. */
export const userOf = (caller: Caller): string | null => (caller.kind === 'user' ? caller.user_id : null)
