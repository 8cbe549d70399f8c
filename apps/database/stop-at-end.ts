import { constants } from 'node:os'
import { inspect } from 'node:util'
import { messageOf } from '../terminal/message-of.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Stops the database of this program also when the program does not close it: at a signal that the program leaves to Node, and
 * at an error that nothing catches. A second signal ends the program at once. Returns the end of this watch.
 */
export function stopAtEnd(stop: () => Promise<void>): () => void {
  let isEnding = false
  const end = async (code: number, line: string) => {
    if (isEnding) return
    isEnding = true
    process.stderr.write(`posad: ${line}\n`)
    await stop().catch((error: unknown) => process.stderr.write(`posad: ${messageOf(error, { kind: 'embedded' })}\n`))
    process.exit(code)
  }
  const onSignal = (signal: (typeof signals)[number]) => {
    if (process.listenerCount(signal) > 1) return
    if (isEnding) process.exit(1)
    void end(128 + constants.signals[signal], `ended by ${signal}`)
  }
  // Such an error is a bug, and the stack alone shows where.
  const onError = (error: unknown) => void end(1, inspect(error))
  for (const signal of signals) process.on(signal, onSignal)
  process.on('uncaughtException', onError)
  return () => {
    for (const signal of signals) process.removeListener(signal, onSignal)
    process.removeListener('uncaughtException', onError)
  }
}
