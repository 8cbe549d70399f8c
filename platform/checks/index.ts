/** How a check looks at data that several transactions change one after the other. */
export type CheckOptions = Readonly<{
  /** True when nothing is in progress, as at the end of a test: rows that changed a moment ago count too. */
  atRest?: boolean
}>

/**
 * An invariant over stored data. `violations` returns the rows that break it, none when it holds. A row whose change is in
 * progress may break some invariants for a moment, so it counts five minutes after its last change.
 */
export type Check = Readonly<{
  name: string
  description: string
  violations: (options?: CheckOptions) => Promise<readonly object[]>
}>
