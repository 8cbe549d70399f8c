import { setTimeout as sleep } from 'node:timers/promises'
import type { WakeableLoop } from '#platform/jobs'
import type { Background } from '#platform/module'
import { seconds } from '#platform/values'
import type { Sender } from './send-deliveries.ts'

/** A delivery of a process that died, and one whose pause is over, are found by the next look. */
const interval = seconds(2)

type Needs = Readonly<{
  loop: WakeableLoop
  open: (onError: (error: unknown) => void) => Sender
  close: () => Promise<void>
  /** Milliseconds for which running attempts may end by themselves when the program stops. */
  grace?: number
}>

/**
 * Sends deliveries for as long as the app runs, beside the jobs: those share four places, which receivers that hang would take
 * from letters and images.
 */
export const senderOf = ({ loop, open, close, grace = seconds(5) }: Needs): Background => ({
  name: 'deliveries',
  start: async (log) => {
    const onError = (error: unknown) => log.error({ err: error }, 'a webhook could not be sent, and is tried again')
    const sender = open(onError)
    const { stop } = loop.start({
      run: async () => {
        await sender.send()
        return interval
      },
      onError,
    })
    return async () => {
      await stop()
      await Promise.race([sender.idle(), sleep(grace, undefined, { ref: false })])
      sender.abort()
      await sender.idle()
      await close()
    }
  },
})
