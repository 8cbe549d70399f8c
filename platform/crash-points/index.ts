const [target, passes = '1'] = (process.env['CRASH_AT'] ?? '').split(':')
let remaining = Number(passes)

const declared = new Set<string>()

/**
 * Declares the points of one part of the program where a test may kill the process, and returns the function that marks
 * them. `CRASH_AT=ordering.after-hold:2` kills the process with SIGKILL when it reaches that point for the second time.
 */
export function crashPoints<const Name extends string>(part: string, names: readonly Name[]): (name: Name) => void {
  for (const name of names) declared.add(`${part}.${name}`)
  return (name) => {
    if (`${part}.${name}` === target && --remaining === 0) process.kill(process.pid, 'SIGKILL')
  }
}

/** Every point that the loaded parts declare. The suite fails when no test visits one of them. */
export const declaredCrashPoints = (): readonly string[] => [...declared].toSorted()
