import { Type } from 'typebox'
import { messageStates, operatorActions } from '#platform/events'
import { sagaStatuses } from '#platform/saga'
import { Closed, Id, named, Nullable, OneOf, Page, PageQuery, Text, Time } from '#platform/schema'

const Count = Type.Integer({ minimum: 0 })
const group = Type.String({ maxLength: 100, description: 'The consumer group, such as payments' })
const event_type = Type.String({ description: 'Such as ordering.order-paid.v1' })

/** A consumer group: how far it is behind, and the messages that it has set aside. */
const GroupStatusView = named(
  'GroupStatus',
  Type.Object({
    group,
    lag_events: Type.Integer({
      minimum: 0,
      description: 'Events neither handled nor set aside; counting stops at 10,001',
    }),
    lag_capped: Type.Boolean(),
    lag_seconds: Type.Number({ minimum: 0, description: 'Age of the oldest of these events' }),
    retrying: Count,
    behind: Type.Integer({ minimum: 0, description: 'Messages that wait behind an earlier one with the same key' }),
    dead: Type.Integer({ minimum: 0, description: 'Messages that wait for an operator' }),
    handled: Count,
    duplicates: Count,
    led: Type.Boolean({ description: 'False when no process handles the events of the group' }),
    updated_at: Time,
  }),
)

const UnknownTypeView = named(
  'UnknownType',
  Type.Object({
    event_type,
    messages: Type.Integer({ minimum: 1, description: 'Events that wait for a release that knows their type' }),
    oldest_at: Time,
  }),
)

export const OutboxView = named(
  'Outbox',
  Type.Object({
    groups: Type.Array(GroupStatusView, { maxItems: 1000 }),
    unknown_types: Type.Array(UnknownTypeView, { maxItems: 10_000 }),
  }),
)

const ParkedMessageView = named(
  'ParkedMessage',
  Type.Object({
    group,
    event_id: Id,
    event_type,
    key: Type.String({ description: 'Orders the events, as the id of an order does' }),
    state: OneOf(messageStates),
    attempts: Count,
    next_at: Nullable(Time),
    error_code: Nullable(Type.String()),
    error: Nullable(Type.String()),
    first_failed_at: Time,
    held_up: Type.Integer({ minimum: 0, description: 'Messages with the same key that wait behind it' }),
    occurred_at: Nullable(Time),
    payload: Type.Unknown({ description: 'The time of the event; null when the log no longer has it' }),
    correlation_id: Nullable(Id),
    traceparent: Nullable(Type.String()),
  }),
)
export const ParkedMessagePage = Page(ParkedMessageView)

export const MessageFilter = Closed({
  ...PageQuery,
  group: Type.Optional(Text(100)),
  type: Type.Optional(Text(200)),
  state: Type.Optional(OneOf(messageStates, { description: 'All messages except skipped ones when absent' })),
})

export const OperationPage = Page(
  named(
    'OperatorDecision',
    Type.Object({
      id: Type.String({ description: 'The number of the decision; later decisions have higher numbers' }),
      at: Time,
      who: Type.String({ description: 'Who decided: a user, a program, or the user at the command line' }),
      action: OneOf(operatorActions),
      group,
      event_id: Nullable(Id),
      reason: Nullable(Type.String()),
    }),
  ),
)

export const GroupParams = Type.Object({ group: Text(100, { minLength: 1 }) })
export const MessageParams = Type.Object({ group: Text(100, { minLength: 1 }), id: Id })
export const ReasonBody = Closed({
  reason: Text(500, { minLength: 1, description: 'Why; it is stored with the decision' }),
})
export const RetryGroupBody = Closed({
  reason: Text(500, { minLength: 1, description: 'Why; it is stored with the decision' }),
  type: Type.Optional(Text(200, { minLength: 1, description: 'Only events of this type' })),
})
export const DecisionView = named('DecisionTaken', Type.Object({ kind: OneOf(['done']) }))
export const RetriedView = named(
  'RetriedMessages',
  Type.Object({ kind: OneOf(['retried']), count: Type.Integer({ minimum: 0 }) }),
)

const saga = {
  type: Type.String(),
  key: Type.String({ format: 'uuid', description: 'The id of its aggregate, such as the order' }),
  state: Type.String(),
  status: OneOf(sagaStatuses),
  reason: Nullable(Type.String({ description: 'The reason of a compensation' })),
  resends: Count,
  timeout_at: Nullable(Time),
  started_at: Time,
  last_progress_at: Time,
}
export const SagaPage = Page(named('SagaSummary', Type.Object(saga)))
export const SagaView = named(
  'Saga',
  Type.Object({
    ...saga,
    history: Type.Array(
      Type.Object({
        version: Type.Integer(),
        trigger: Type.String(),
        from_state: Nullable(Type.String()),
        to_state: Nullable(Type.String({ description: 'null when the trigger changed nothing' })),
        effects: Type.Array(Type.String(), { maxItems: 100 }),
        event_id: Nullable(Id),
        at: Time,
      }),
      { maxItems: 500, description: 'The newest 500 entries, oldest first' },
    ),
  }),
)
export const SagaFilter = Closed({
  ...PageQuery,
  type: Type.Optional(Text(100)),
  state: Type.Optional(Text(100)),
  status: Type.Optional(OneOf(sagaStatuses, { description: 'running and needs_operator when absent' })),
  needs_operator: Type.Optional(Type.Boolean({ description: 'true: the same as status=needs_operator' })),
})
export const SagaParams = Type.Object({ type: Text(100, { minLength: 1 }), key: Id })

export const ChecksView = named(
  'Checks',
  Type.Object({
    ok: Type.Boolean(),
    checked_at: Time,
    checks: Type.Array(
      Type.Object({
        name: Type.String(),
        description: Type.String(),
        violations: Type.Integer({
          minimum: 0,
          description: 'Rows that break the invariant, at most 100 of them',
        }),
        examples: Type.Array(Type.Record(Type.String(), Type.Unknown()), { maxItems: 10 }),
      }),
      { maxItems: 1000 },
    ),
  }),
)
