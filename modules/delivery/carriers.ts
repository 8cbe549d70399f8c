import type { Carrier } from './carrier.ts'
import { courier } from './carriers/courier.ts'
import { pickup } from './carriers/pickup.ts'
import type { Method } from './status.ts'

const carriers: Readonly<Partial<Record<Method, Carrier>>> = { pickup, courier }

/** Who carries by this method; undefined when nobody does yet. */
export const carrierOf = (method: Method): Carrier | undefined => carriers[method]
