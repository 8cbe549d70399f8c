import { sql } from 'kysely'
import { batched, type AnyTx } from '#platform/db'
import type { Clock } from '#platform/values'

/** A command and the event id under which it is published, also when it is published again. */
export type Command<Effect extends string> = Readonly<{ effect: Effect; event_id: string }>

/** A stored instance. `due`: its timeout has passed. `stuck`: it needs an operator. `ended`: it is completed or compensated. */
export type SagaRow<State extends string, Effect extends string> = Readonly<{
  key: string
  definition_version: number
  state: State
  reason: string | null
  version: number
  commands: readonly Command<Effect>[]
  resends: number
  due: boolean
  stuck: boolean
  ended: boolean
  correlation_id: string
  traceparent: string | null
  started_at: Date
}>

/** An entry in the log of steps: a trigger that changed nothing, or the new state. */
type Entry<State extends string, Effect extends string> = Readonly<{
  key: string
  version: number
  from_state: State
  trigger: string
  event_id: string | null
  effects: readonly Effect[]
}>

/** A step: the new values of the instance and its entry in the log. */
type Step<State extends string, Effect extends string> = Entry<State, Effect> &
  Readonly<{
    to_state: State
    reason: string | null
    commands: readonly Command<Effect>[]
    timeout_at: Date | null
    status: 'running' | 'completed' | 'compensated'
  }>

/** The commands of an instance were published again, `resends` times in this state. */
type Resend = Readonly<{ key: string; resends: number; timeout_at: Date | null }>

/** The first state of an instance. */
type Start<State extends string, Effect extends string> = Readonly<{
  key: string
  definition_version: number
  state: State
  commands: readonly Command<Effect>[]
  timeout_at: Date | null
  correlation_id: string
  traceparent: string | null
}>

/** The statements of one type of saga. */
export function sagaStore<State extends string, Effect extends string>(type: string, now: Clock) {
  type Row = SagaRow<State, Effect>

  /** Locks in the order of the keys, so that two transactions never deadlock. */
  const lock = batched<string, Row | undefined>(async (tx, keys) => {
    const { rows } = await sql<Row>`
      select key, definition_version, state, reason, version, commands, resends, correlation_id, traceparent, started_at,
             status = 'running' and timeout_at <= ${now()} as due, status = 'needs_operator' as stuck, status in ('completed', 'compensated') as ended
      from platform.saga where type = ${type} and key = any(${keys}::uuid[]) order by key for update
    `.execute(tx)
    const byKey = new Map(rows.map((row) => [row.key, row]))
    return keys.map((key) => byKey.get(key.toLowerCase()))
  })

  async function saveResend(tx: AnyTx, { key, resends, timeout_at }: Resend): Promise<void> {
    await sql`
      update platform.saga set status = 'running', resends = ${resends}, timeout_at = ${timeout_at}
      where type = ${type} and key = ${key}
    `.execute(tx)
  }

  async function markNeedsOperator(tx: AnyTx, key: string): Promise<void> {
    await sql`
      update platform.saga set status = 'needs_operator', timeout_at = null where type = ${type} and key = ${key}
    `.execute(tx)
  }

  return { ...stepStore<State, Effect>(type), lock, saveResend, markNeedsOperator }
}

/** The statements that start an instance and record its steps. Instances that step in one batch share a statement. */
function stepStore<State extends string, Effect extends string>(type: string) {
  const insert = batched<Start<State, Effect>, void>(async (tx, starts) => {
    await sql`
      with start as (
        select * from jsonb_to_recordset(${JSON.stringify(starts)}::jsonb) as start(
          key uuid, definition_version int, state text, commands jsonb, timeout_at timestamptz, correlation_id uuid,
          traceparent text)
      ), started as (
        insert into platform.saga
          (type, key, definition_version, state, commands, timeout_at, correlation_id, traceparent, status)
        select ${type}, key, definition_version, state, commands, timeout_at, correlation_id, traceparent, 'running' from start order by key
      )
      insert into platform.saga_step (type, key, version, trigger, to_state, effects)
      select ${type}, key, 1, 'start', state, array(select command ->> 'effect' from jsonb_array_elements(commands) as command)
      from start
    `.execute(tx)
  })

  /* The keys appear twice: the planner assumes a hundred rows of JSON and would scan the whole table for the join alone. */
  const saveStep = batched<Step<State, Effect>, void>(async (tx, steps) => {
    await sql`
      with step as (
        select * from jsonb_to_recordset(${JSON.stringify(steps)}::jsonb) as step(
          key uuid, version int, from_state text, to_state text, reason text, commands jsonb, timeout_at timestamptz,
          status text, trigger text, event_id uuid, effects text[])
      ), updated as (
        update platform.saga
        set state = step.to_state, reason = step.reason, version = step.version, commands = step.commands, resends = 0,
            timeout_at = step.timeout_at, status = step.status, last_progress_at = now()
        from step where saga.type = ${type} and saga.key = step.key and saga.key = any(${steps.map(({ key }) => key)}::uuid[])
      )
      insert into platform.saga_step (type, key, version, from_state, trigger, event_id, to_state, effects)
      select ${type}, key, version, from_state, trigger, event_id, to_state, effects from step
    `.execute(tx)
  })

  const insertEntry = batched<Entry<State, Effect>, void>(async (tx, entries) => {
    await sql`
      insert into platform.saga_step (type, key, version, from_state, trigger, event_id, effects)
      select ${type}, key, version, from_state, trigger, event_id, effects
      from jsonb_to_recordset(${JSON.stringify(entries)}::jsonb) as entry(
        key uuid, version int, from_state text, trigger text, event_id uuid, effects text[])
    `.execute(tx)
  })

  return { insert, saveStep, insertEntry }
}
