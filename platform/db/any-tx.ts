import type { Transaction } from 'kysely'

/** A transaction of any module's database: `publish` and other writers of the platform accept it. */
// oxlint-disable-next-line no-explicit-any -- a platform part writes its own tables beside those of any module
export type AnyTx = Transaction<any>
