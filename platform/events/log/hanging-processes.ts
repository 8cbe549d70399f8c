import { seconds } from '#platform/values'
import type { GroupClaim } from './balance.ts'

/** Time for which a process that did not take a group gets none. */
const pause = seconds(30)

/**
 * Finds the processes that have claimed groups and do not take those that they should lead: their connection is busy or hangs.
 * Each process judges for itself; a lock decides.
 */
export class HangingProcesses {
  readonly #timeout: number
  /** The process that each free group waits for, and since when. */
  readonly #awaited = new Map<string, Readonly<{ process: number; since: number }>>()
  readonly #hangUntil = new Map<number, number>()

  /** A process hangs when a group has waited for it for `timeout` milliseconds. */
  constructor({ timeout }: Readonly<{ timeout: number }>) {
    this.#timeout = timeout
  }

  /** The claims without those of hanging processes. */
  exclude<Claim extends GroupClaim>(claims: readonly Claim[]): readonly Claim[] {
    const now = performance.now()
    const isAble = (process: number) => (this.#hangUntil.get(process) ?? -Infinity) < now
    return claims.map((claim) => ({ ...claim, candidates: claim.candidates.filter(isAble) }))
  }

  /** Notes the groups that no process leads. `plan` has the process that should lead each group, `own` is this process. */
  observe(claims: readonly GroupClaim[], plan: ReadonlyMap<string, number>, own: number): void {
    const now = performance.now()
    for (const { consumer_group, leader } of claims) {
      const process = leader === null ? plan.get(consumer_group) : undefined
      const awaited = this.#awaited.get(consumer_group)
      if (process === undefined || process === own) this.#awaited.delete(consumer_group)
      else if (awaited?.process !== process) this.#awaited.set(consumer_group, { process, since: now })
      else if (now - awaited.since >= this.#timeout) this.#hangUntil.set(process, now + pause)
    }
  }
}
