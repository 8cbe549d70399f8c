export { isRefusal, notFound, type NotFound, type ReasonOf, type Refused } from './outcome.ts'
export { idAfter, InvalidPage, type ItemPage, pageOf, pageOfAll, windowOf, type Window } from './page.ts'
export { storeNothing, type StoreResponse } from './store-response.ts'
export { Unavailable } from './unavailable.ts'
