export { CommitRefused } from './dialect.ts'
export { openDb, openPool, type Db, type PoolSettings } from './pool.ts'
export { afterCommit, constraintOf, sqlStateOf, transaction, type AnyTx } from './transaction.ts'
