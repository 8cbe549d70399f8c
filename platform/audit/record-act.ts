import { sql } from 'kysely'
import { finalStep, withFinalStep, type AnyTx, type Db, type FinalStep } from '#platform/db'
import { newId } from '#platform/values'

/** The one who acts: a user, a program with a token of the host, or a person at the command line. */
export type Actor = Readonly<{ kind: 'user'; user_id: string } | { kind: 'program' | 'terminal'; name: string }>

/** An act of an actor and its subject. `details` contains no secret and no personal data: see `auditedValue`. */
export type Act = Readonly<{
  actor: Actor
  action: string
  subject_type?: string | undefined
  subject_id?: string | undefined
  request_id?: string | undefined
  details?: object
}>

/** The act of a request, which its first transaction records. */
export type ActStep = FinalStep &
  Readonly<{
    id: string
    /** Records the act outside any transaction: for a write of a single statement. */
    record: (db: Db) => Promise<void>
  }>

/** The ids of the acts that requests have still to record. */
const ids = new WeakMap<FinalStep, string>()

/** Creates the step that records an act. `read` is called late, when the request has named what it created. */
export function createActStep(read: () => Act): ActStep {
  const id = newId()
  const insert = (tx: AnyTx | Db) => insertAct(tx, id, read())
  const step: ActStep = { id, run: insert, record: insert, isDone: false }
  ids.set(step, id)
  return step
}

/** Runs a command: its first transaction records `act`. A command that commits nothing leaves no record. */
export const withAct = <Result>(act: Act, work: () => Result): Result =>
  withFinalStep(
    createActStep(() => act),
    work,
  )

/**
 * Records an act in the transaction of its effect, for a slice that knows more about it than its route. The first act that a
 * request records this way takes the place of the one that its route would record.
 */
export async function recordAct(tx: AnyTx, act: Act): Promise<void> {
  const step = finalStep()
  const id = (step && ids.get(step)) ?? newId()
  if (step) ids.delete(step)
  await insertAct(tx, id, act)
}

/** A second row with one id is the automatic record of an act that its slice has recorded. */
async function insertAct(db: AnyTx | Db, id: string, act: Act): Promise<void> {
  const { actor, action, subject_type, subject_id, request_id, details = {} } = act
  const user_id = actor.kind === 'user' ? actor.user_id : null
  const name = actor.kind === 'user' ? null : actor.name
  await sql`
    insert into platform.audit (id, actor, actor_user_id, actor_name, action, subject_type, subject_id, request_id, details)
    values (${id}, ${actor.kind}, ${user_id}, ${name}, ${action}, ${subject_type ?? null}, ${subject_id ?? null},
            ${request_id ?? null}, ${JSON.stringify(details)})
    on conflict (id) do nothing
  `.execute(db)
}
