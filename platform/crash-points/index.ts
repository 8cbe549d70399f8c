const [wanted, turn = '1'] = (process.env['CRASH_AT'] ?? '').split(':')
let left = Number(turn)

const declared = new Set<string>()

/**
 * Declares the points of one part of the program where a test may kill the process, and returns the function that marks
 * them. `CRASH_AT=ordering.after-hold:2` ends the process, as `kill -9` would, the second time it reaches that point.
 */
export function crashPoints<const Name extends string>(part: string, names: readonly Name[]): (name: Name) => void {
  for (const name of names) declared.add(`${part}.${name}`)
  return (name) => {
    if (`${part}.${name}` === wanted && --left === 0) process.kill(process.pid, 'SIGKILL')
  }
}

/** Every point that the loaded parts declare: the suite fails when no test visits one of them. */
export const declaredCrashPoints = (): readonly string[] => [...declared].toSorted()
