export { assertNotStored } from './assert-not-stored.ts'
export { checkedValues } from './checked-values.ts'
export { deliverEvents } from './deliver-events.ts'
export { crowd, eventually } from './eventually.ts'
export {
  adminMachine,
  anna,
  authenticateTest,
  bearer,
  boris,
  courier,
  customer,
  guest,
  machine,
  olga,
} from './people.ts'
export { openLoopbackIssuer } from './loopback-issuer.ts'
export { readMail, type ReadMail } from './read-mail.ts'
export { runJob } from './run-job.ts'
export { responsesOf, statusesOf } from './statuses-of.ts'
export { assertNoViolations, violationsOf } from './violations-of.ts'
export { raceFor } from './race-for.ts'
export { statementsOf, type Statement } from './statements-of.ts'
export { testDatabase, type TestDatabase } from './test-database.ts'
export {
  expectProblem,
  expectResponse,
  openTestApi,
  responseOf,
  type TestApi,
  type TestProblem,
  type TestResponse,
} from './test-api.ts'
export { testServer } from './test-server.ts'
export { ownTemporaryDirectory } from './own-temporary-directory.ts'
