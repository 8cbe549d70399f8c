/** A table that was copied; `share` is the part of its database that is done, from 0 to 1. */
export type Progress = Readonly<{ database: string; table: string; rows: number; share: number }>
