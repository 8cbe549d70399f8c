import type { Outbound } from '#platform/outbound'
import type { Seal } from '#platform/seal'
import type { Clock } from '#platform/values'
import type { Deactivate } from '../deactivation.ts'
import type { WebhooksDb } from '../store.ts'
import { secretLost, signingSecretsOf } from '../secret.ts'
import { claimDeliveries, perEndpoint, type Claimed } from './claim-deliveries.ts'
import { saveAttempt, type SavedResult } from './save-attempt.ts'
import { signedHeaders } from './sign.ts'

type Needs = Readonly<{
  db: WebhooksDb
  now: Clock
  seal: Seal
  outbound: Pick<Outbound, 'post'>
  deactivate: Deactivate
  /** Called when an endpoint can take a further delivery. */
  wake: () => void
}>

/** The sender of one process. It has attempts of its own, so `stop` ends only those. */
export type Sender = Readonly<{
  /** Starts an attempt of each delivery that is due, and returns their number. It does not wait for receivers. */
  send: () => Promise<number>
  /** Waits until no attempt is running. */
  idle: () => Promise<void>
  /** Ends the running attempts: another process, or this one after its start, makes them again. */
  abort: () => void
}>

const fixedHeaders = { 'content-type': 'application/json', 'user-agent': 'Posad-Webhooks/1.0' }

/** Makes the attempts of the deliveries that are due. No connection to the database is held while a receiver answers. */
export function openSender(needs: Needs, onError: (error: unknown) => void): Sender {
  const { db, now, seal, outbound, wake } = needs
  const save = saveAttempt(needs)
  const running = new Map<string, number>()
  const attempts = new Set<Promise<void>>()
  const ended = new AbortController()

  async function attempt(claimed: Claimed): Promise<void> {
    const started_at = now()
    const result = await post(claimed, started_at)
    await save({ claimed, started_at, result })
  }

  /** An attempt that cannot be signed has failed, like one at a receiver that does not answer. */
  async function post({ message_id: id, url, body, sealed_secrets }: Claimed, at: Date): Promise<SavedResult> {
    const secrets = signingSecretsOf(sealed_secrets, seal)
    if (!secrets) return { kind: 'failed', reason: secretLost, duration: 0 }
    const headers = { ...fixedHeaders, ...signedHeaders({ id, at, body, secrets }) }
    return await outbound.post({ url, headers, body, signal: ended.signal })
  }

  function start(claimed: Claimed): void {
    const { endpoint_id } = claimed
    running.set(endpoint_id, (running.get(endpoint_id) ?? 0) + 1)
    const work = attempt(claimed)
      .catch((error: unknown) => {
        // The claim expires, and the attempt is made again.
        if (!ended.signal.aborted) onError(error)
      })
      .finally(() => {
        attempts.delete(work)
        const left = (running.get(endpoint_id) ?? 1) - 1
        if (left === 0) running.delete(endpoint_id)
        else running.set(endpoint_id, left)
        if (left === perEndpoint - 1) wake()
      })
    attempts.add(work)
  }

  return {
    send: async () => {
      const claimed = await claimDeliveries(db, { now: now(), running })
      claimed.forEach(start)
      return claimed.length
    },
    idle: async () => {
      while (attempts.size > 0) await Promise.all(attempts)
    },
    abort: () => ended.abort(),
  }
}
