/**
 * The position of a group in the log. The group has handled everything that `snapshot` sees, and of the window between
 * `snapshot` and `open_window` everything up to the id `position`.
 */
export type Checkpoint = Readonly<{ snapshot: string; open_window: string | null; position: number }>
