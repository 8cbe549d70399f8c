import type { Bug } from './bug.ts'
import { inCatalog } from './bugs/catalog.ts'
import { inIdentity } from './bugs/identity.ts'
import { inMachinery } from './bugs/machinery.ts'
import { inOrdering } from './bugs/ordering.ts'
import { inPayments } from './bugs/payments.ts'
import { inPlatform } from './bugs/platform.ts'

/** Every planted bug. A change of a line that a bug names must also change the bug. */
export const bugs: readonly Bug[] = [
  ...inPayments,
  ...inCatalog,
  ...inOrdering,
  ...inIdentity,
  ...inPlatform,
  ...inMachinery,
]
