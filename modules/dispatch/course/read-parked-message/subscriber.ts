import { keyLocal, subscribe, type Subscription } from '#platform/events'
import { messageParked } from '../../events.ts'
import type { ReadParkedMessage } from './read-parked-message.ts'

/** Handles `message-parked`. */
export const readParkedMessageSubscription = ({
  readParkedMessage,
}: Readonly<{ readParkedMessage: ReadParkedMessage }>): Subscription =>
  keyLocal(subscribe(messageParked, (tx, { payload }) => readParkedMessage(tx, payload)))
