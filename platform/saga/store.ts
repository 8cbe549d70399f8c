import { sql } from 'kysely'
import { batched } from '#platform/db'
import type { Clock } from '#platform/values'

/** A command as it was told: told again, it bears the same event id. */
export type Command<Effect extends string> = Readonly<{ effect: Effect; event_id: string }>

/** An instance as it is kept. */
export type SagaRow<State extends string, Effect extends string> = Readonly<{
  key: string
  def_version: number
  state: State
  reason: string | null
  version: number
  commands: readonly Command<Effect>[]
  resends: number
  due: boolean
}>

/** Where a step led an instance, with what the log says of it. */
export type KeptStep<State extends string, Effect extends string> = Readonly<{
  key: string
  version: number
  from_state: State
  to_state: State
  reason: string | null
  commands: readonly Command<Effect>[]
  timeout_at: Date | null
  status: 'running' | 'completed' | 'compensated'
  trigger: string
  event_id: string | null
  effects: readonly Effect[]
}>

/** What came and changed nothing. */
type Remark<State extends string, Effect extends string> = Readonly<{
  key: string
  version: number
  from_state: State
  trigger: string
  event_id: string | null
  effects: readonly Effect[]
}>

/** The statements of one type of saga, each for any number of instances: those of one batch share them. */
export function sagaRows<State extends string, Effect extends string>(type: string, now: Clock) {
  type Row = SagaRow<State, Effect>

  /** Locks instances in the order of their keys, so that no two transactions wait for each other. */
  const lock = batched<string, Row | undefined>(async (tx, keys) => {
    const { rows } = await sql<Row>`
      select key, def_version, state, reason, version, commands, resends, status = 'running' and timeout_at <= ${now()} as due
      from platform.saga where type = ${type} and key = any(${keys}::uuid[]) order by key for update
    `.execute(tx)
    const byKey = new Map(rows.map((row) => [row.key, row]))
    return keys.map((key) => byKey.get(key.toLowerCase()))
  })

  /* By key as well as by join: the planner thinks a hundred rows of JSON worth reading the whole table for. */
  const keepStep = batched<KeptStep<State, Effect>, void>(async (tx, steps) => {
    await sql`
      with step as (
        select * from jsonb_to_recordset(${JSON.stringify(steps)}::jsonb) as step(
          key uuid, version int, from_state text, to_state text, reason text, commands jsonb, timeout_at timestamptz,
          status text, trigger text, event_id uuid, effects text[])
      ), moved as (
        update platform.saga
        set state = step.to_state, reason = step.reason, version = step.version, commands = step.commands, resends = 0,
            timeout_at = step.timeout_at, status = step.status, last_progress_at = now()
        from step where saga.type = ${type} and saga.key = step.key and saga.key = any(${steps.map(({ key }) => key)}::uuid[])
      )
      insert into platform.saga_step (type, key, version, from_state, trigger, event_id, to_state, effects)
      select ${type}, key, version, from_state, trigger, event_id, to_state, effects from step
    `.execute(tx)
  })

  const remark = batched<Remark<State, Effect>, void>(async (tx, remarks) => {
    await sql`
      insert into platform.saga_step (type, key, version, from_state, trigger, event_id, effects)
      select ${type}, key, version, from_state, trigger, event_id, effects
      from jsonb_to_recordset(${JSON.stringify(remarks)}::jsonb) as remark(
        key uuid, version int, from_state text, trigger text, event_id uuid, effects text[])
    `.execute(tx)
  })

  return { lock, keepStep, remark }
}
