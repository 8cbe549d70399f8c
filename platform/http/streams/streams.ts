import type { Authenticate, Caller } from '#platform/access'
import { StreamPoller } from './stream-poller.ts'
import { StreamSlots, type StreamCaps } from './stream-slots.ts'
import { openStreamTokens, type StreamTokens } from './stream-tokens.ts'

type Needs = Readonly<{
  caps: StreamCaps
  authenticate: Authenticate
  /** The secret of the stream tokens. */
  secret: string
  stopping: AbortSignal
}>

/** The open streams of a server: their slots, the poller of their events, and the check of their callers. */
export type Streams = Readonly<{
  slots: StreamSlots
  poller: StreamPoller
  tokens: StreamTokens
  /** False when the session of `token` has ended, or its user has another role or other permissions now. */
  isStill: (caller: Caller, token: string | undefined) => Promise<boolean>
}>

export function openStreams({ caps, authenticate, secret, stopping }: Needs): Streams {
  const poller = new StreamPoller()
  stopping.addEventListener('abort', () => poller.endAll(), { once: true })
  return {
    slots: new StreamSlots(caps),
    poller,
    tokens: openStreamTokens(secret),
    isStill: async (caller, token) => token === undefined || rightsOf(await authenticate(token)) === rightsOf(caller),
  }
}

/** A text that is equal for callers with equal rights. */
function rightsOf(caller: Caller | undefined): string {
  if (caller?.kind !== 'user') return caller?.kind === 'machine' ? `machine ${caller.name}` : 'none'
  return ['user', caller.user_id, caller.role, ...caller.permissions].join(' ')
}
