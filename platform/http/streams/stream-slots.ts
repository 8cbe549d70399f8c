import type { Caller } from '#platform/access'
import { addressKey, Slots } from '#platform/limits'

/** How many streams a process keeps open: for one user, for one address, and in all. */
export type StreamCaps = Readonly<{ perUser: number; perAddress: number; total: number }>

/** The slots of the streams of one process. */
export class StreamSlots {
  readonly #byAddress: Slots
  readonly #byUser: Slots

  constructor({ perUser, perAddress, total }: StreamCaps) {
    this.#byAddress = new Slots({ total, perKey: perAddress })
    this.#byUser = new Slots({ total, perKey: perUser })
  }

  /** Takes a slot of the caller and of the address; undefined when one of them has none. */
  take({ caller, ip }: Readonly<{ caller: Caller; ip: string }>): (() => void) | undefined {
    const releaseAddress = this.#byAddress.take(addressKey(ip))
    if (!releaseAddress || caller.kind !== 'user') return releaseAddress
    const releaseUser = this.#byUser.take(caller.user_id)
    if (!releaseUser) {
      releaseAddress()
      return undefined
    }
    return () => {
      releaseAddress()
      releaseUser()
    }
  }

  /** The number of open streams. */
  get taken(): number {
    return this.#byAddress.taken
  }
}
