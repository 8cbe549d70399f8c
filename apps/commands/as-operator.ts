import { userInfo } from 'node:os'
import { withAct } from '#platform/audit'

/** The thing that a command changes. */
type Subject = Readonly<{ subject_type?: string; subject_id?: string; details?: object }>

/** Runs a command that changes something. Its first transaction records it in the audit, under the name of this user. */
export const asOperator = <Result>(command: string, subject: Subject, work: () => Result): Result =>
  withAct({ actor: { kind: 'terminal', name: userInfo().username }, action: `posad ${command}`, ...subject }, work)
