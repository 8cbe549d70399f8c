import type { Line } from './schema.ts'

/** What other modules may call in cart. */
export type CartApi = Readonly<{
  /** The lines of a user's cart, oldest first. */
  linesOf: (user_id: string) => Promise<readonly Line[]>
}>
