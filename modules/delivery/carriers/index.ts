import type { Carrier } from '../carrier.ts'
import { courier } from './courier.ts'
import { pickup } from './pickup.ts'

/** The carriers of the shop: each is one file of this folder. */
export const carriers: readonly Carrier[] = [courier, pickup]
