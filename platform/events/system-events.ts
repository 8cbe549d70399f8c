import { Type } from 'typebox'
import { defineEvent } from './define-event.ts'

/** Told when a message has died in a group. The death of this one is never told: it would never end. */
export const messageDeadLettered = defineEvent('system.message-dead-lettered.v1', {
  description: 'A group gave up on a message: an operator decides whether it is heard again or skipped.',
  key: 'dead_event_id',
  payload: Type.Object({
    dead_event_id: Type.String({ format: 'uuid' }),
    event_type: Type.String(),
    group: Type.String(),
    key: Type.String(),
    attempts: Type.Integer({ minimum: 0 }),
    error: Type.String(),
  }),
})
