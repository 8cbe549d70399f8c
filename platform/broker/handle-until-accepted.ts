import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '#platform/telemetry'
import { seconds } from '#platform/values'

const firstPause = 100
const longestPause = seconds(5)

type Needs<Message, Verdict> = Readonly<{
  handle: (messages: readonly Message[]) => Promise<readonly Verdict[]>
  log: Log
  signal: AbortSignal
}>

/**
 * Calls the handler with the same messages until it returns, with growing pauses. A broker would count each delivery after a
 * rejection and drop the message at its limit, so an outage of the database must not reject. Throws when `signal` aborts.
 */
export async function handleUntilAccepted<Message, Verdict>(
  { handle, log, signal }: Needs<Message, Verdict>,
  messages: readonly Message[],
): Promise<readonly Verdict[]> {
  for (let pause = firstPause; ; pause = Math.min(longestPause, pause * 2)) {
    signal.throwIfAborted()
    try {
      return await handle(messages)
    } catch (error) {
      log[pause === firstPause ? 'warn' : 'debug']({ err: error, messages: messages.length }, 'cannot take messages')
    }
    await sleep(pause * (0.5 + Math.random() / 2), undefined, { signal })
  }
}
