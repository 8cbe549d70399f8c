import { Type } from 'typebox'
import { defineEvent } from '../define-event.ts'

/** Published when a message dies in a group, except for messages of this type: that would never end. */
export const messageDeadLettered = defineEvent('system.message-dead-lettered.v1', {
  description: 'A group gave up on a message: an operator decides whether to retry or to skip it.',
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
