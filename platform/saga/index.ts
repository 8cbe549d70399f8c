export { go, next, resume, undo, type Patience, type SagaDefinition } from './definition.ts'
export { lookOnce, watchDeadlines } from './deadlines.ts'
export { Saga, UnknownSaga, type Perform, type SagaStep, type WatchedSaga } from './saga.ts'
export { refuseUnshippedVersions, sagaChecks, sagaStates } from './watch.ts'
