/** A plausible mistake: `instead` replaces `text`, which occurs once in `file`. */
export type Bug = Readonly<{
  what: string
  /** The requirement that it breaks. */
  requirement: string
  file: string
  text: string
  instead: string
  /** The test file that must fail with the bug. */
  caughtBy: string
}>
