/** A mistake that somebody could make: `text`, which stands once in `file`, is written as `instead`. */
export type Bug = Readonly<{
  what: string
  /** What it would break. */
  requirement: string
  file: string
  text: string
  instead: string
  /** The test file that must fail when the bug is there. */
  caughtBy: string
}>
