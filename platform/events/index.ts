export { answerTo } from './answer-to.ts'
export { asyncapiOf, asyncapiYaml } from './asyncapi.ts'
export { defineEvent, type EventDefinition, type NewEvent, type PayloadOf } from './define-event.ts'
export { onNudge } from './log/nudge.ts'
export { listUnhandledKeys } from './log/unhandled-keys.ts'
export { logChecks } from './operator/log-checks.ts'
export { logJobs } from './operator/log-jobs.ts'
export {
  removeType,
  ledGroups,
  removeGroup,
  retryAll,
  retryMessage,
  skipMessage,
  type OperatorOutcome,
} from './operator/operate.ts'
export { deadMessages, listMessages, messageStates } from './operator/list-messages.ts'
export { listOperations, operatorActions, type Done } from './operator/operations.ts'
export { unknownTypes } from './log/ingest-events.ts'
export { groupNames, groupTypes, outboxStatus } from './operator/outbox-status.ts'
export { replayMessage, type ReplayOutcome } from './operator/replay.ts'
export { pauseIngest, restoreHook, restoreStatements } from './operator/restore-hook.ts'
export { Undeliverable } from './parking/failure.ts'
export { messageDeadLettered } from './parking/message-dead-lettered.ts'
export { consumeLog, type LogConsumer } from './processing/consume-log.ts'
export { type GroupMeasures } from './processing/measure.ts'
export { openManualConsumer, type ManualConsumer } from './processing/manual-consumer.ts'
export { publish } from './publish.ts'
export { registerEvents, type EventParticipant } from './register-events.ts'
export { carryEvents } from './remote/carry-events.ts'
export type { RelayGroup } from './remote/relay-group.ts'
export { eventSettings, type LogSettings } from './settings.ts'
export {
  commutative,
  keyLocal,
  subscribe,
  typesOf,
  type ConsumerGroup,
  type EventEnvelope,
  type Handler,
  type Subscription,
} from './subscribe.ts'
