export { go, next, resume, compensate, type Timeout, type SagaDefinition } from './definition.ts'
export { handleTimeouts, watchTimeouts } from './timeouts.ts'
export {
  issueCommand,
  Saga,
  SagaNotFound,
  type ApplyStep,
  type LockAggregate,
  type SagaStep,
  type WatchedSaga,
} from './saga.ts'
export { listSagas, sagaStatuses, showSaga } from './list-sagas.ts'
export { sagaJobs } from './saga-jobs.ts'
export { refuseUnshippedVersions, sagaChecks, sagaStates } from './watch.ts'
