import type { Caller } from '#platform/access'
import { addressKey, Slots } from '#platform/limits'

/** How many streams a process keeps open: for one user or one private link, for one address, and in total. */
export type StreamCaps = Readonly<{ perUser: number; perAddress: number; total: number }>

type StreamRequest = Readonly<{ caller: Caller; ip: string; params?: unknown }>

/** The user, or the private link that a guest has: one link in many hands must not take all streams. */
function readerOf({ caller, params }: StreamRequest): string | undefined {
  if (caller.kind === 'user') return caller.user_id
  return (params as { token?: string } | undefined)?.token
}

/** The slots of the streams of one process. */
export class StreamSlots {
  readonly #byAddress: Slots
  readonly #byReader: Slots

  constructor({ perUser, perAddress, total }: StreamCaps) {
    this.#byAddress = new Slots({ total, perKey: perAddress })
    this.#byReader = new Slots({ total, perKey: perUser })
  }

  /** Takes a slot of the reader and of the address; undefined when one of them has none. */
  take(request: StreamRequest): (() => void) | undefined {
    const releaseAddress = this.#byAddress.take(addressKey(request.ip))
    const reader = readerOf(request)
    if (!releaseAddress || reader === undefined) return releaseAddress
    const releaseReader = this.#byReader.take(reader)
    if (!releaseReader) {
      releaseAddress()
      return undefined
    }
    return () => {
      releaseAddress()
      releaseReader()
    }
  }

  /** The number of open streams. */
  get taken(): number {
    return this.#byAddress.taken
  }
}
