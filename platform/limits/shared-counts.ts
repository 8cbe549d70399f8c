/** A change of one bucket. Times are milliseconds. */
export type CountChange = Readonly<{
  bucket: string
  /** The bucket is filled before anything else happens. */
  isCleared: boolean
  /** The time by which the bucket is full later; negative when attempts were given back. */
  add: number
  /** The bucket is full no earlier than after this time. */
  atLeast: number
}>

/** Counts that the processes of a shop share. */
export type SharedCounts = Readonly<{
  /** Applies changes and returns for each of them the milliseconds until its bucket is full. Throws `Unavailable`. */
  exchange: (changes: readonly CountChange[]) => Promise<readonly number[]>
}>
