import type { Address } from '#ordering/events'
import type { Location } from '../course/location.ts'

/** Finds the cell of an address. A call that gets no answer throws `Unavailable`. */
export type Geo = Readonly<{ locate: (address: Address) => Promise<Location> }>
