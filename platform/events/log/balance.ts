/**
 * A group, the process that leads it and the processes that may lead it. A process is named by the id of its connection at
 * the server.
 */
export type GroupClaim = Readonly<{ consumer_group: string; leader: number | null; candidates: readonly number[] }>

/**
 * The process that should lead each group, so that the numbers of groups of two processes differ by one at most. A group stays with its
 * leader unless another candidate leads at least two groups fewer. Pure: all processes come to the same result from the same claims. A
 * group without a candidate, or whose leader is no candidate, is absent.
 */
export function balance(claims: readonly GroupClaim[]): ReadonlyMap<string, number> {
  const sorted = claims.toSorted((a, b) => (a.consumer_group < b.consumer_group ? -1 : 1))
  const share = new Map(sorted.flatMap(({ candidates }) => candidates).map((process) => [process, 0]))
  const sizeOf = (process: number) => share.get(process) ?? 0
  const smallest = (candidates: readonly number[]) =>
    candidates.toSorted((a, b) => sizeOf(a) - sizeOf(b) || a - b)[0] as number
  const plan = new Map<string, number>()
  const assign = (group: string, process: number) => {
    const before = plan.get(group)
    if (before !== undefined) share.set(before, sizeOf(before) - 1)
    plan.set(group, process)
    share.set(process, sizeOf(process) + 1)
  }
  for (const { consumer_group, leader, candidates } of sorted)
    if (leader !== null && candidates.includes(leader)) assign(consumer_group, leader)
  for (const { consumer_group, leader, candidates } of sorted)
    if (leader === null && candidates.length > 0) assign(consumer_group, smallest(candidates))
  for (;;) {
    // Every move makes the shares more alike, so there is a last one.
    const moves = sorted.flatMap(({ consumer_group, candidates }) => {
      const from = plan.get(consumer_group)
      if (from === undefined) return []
      const to = smallest(candidates)
      return [{ consumer_group, to, gain: sizeOf(from) - sizeOf(to) }]
    })
    const best = moves.toSorted((a, b) => b.gain - a.gain)[0]
    if (!best || best.gain < 2) return plan
    assign(best.consumer_group, best.to)
  }
}
