import type { Line } from './schema.ts'

/** The functions of cart that other modules may call. */
export type CartApi = Readonly<{
  /** The lines of a user's cart, oldest first. */
  linesOf: (user_id: string) => Promise<readonly Line[]>
}>
