export { isRefusal, notFound, type NotFound, type ReasonOf, type Refused } from './outcome.ts'
export {
  cursorText,
  idAfter,
  InvalidPage,
  type ItemPage,
  maxCounted,
  pageOf,
  pageOfAll,
  windowOf,
  type Window,
} from './page.ts'
export { storeNothing, type StoreResponse } from './store-response.ts'
export type { UnitOfWork } from './unit-of-work.ts'
export { Unavailable } from './unavailable.ts'
