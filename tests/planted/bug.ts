/** A plausible mistake: `replacement` takes the place of `text`, which occurs once in `file`. */
export type Bug = Readonly<{
  /** The wrong behaviour, in a sentence that a shopkeeper understands. */
  description: string
  /** The requirement that it breaks, from `docs/requirements.md`. */
  requirement: string
  file: string
  text: string
  replacement: string
  /** The test file that must fail with the bug. */
  caughtBy: string
}>
