import { Type } from 'typebox'
import { defineEvent } from '#platform/events'
import { Id } from '#platform/schema'
import { DeactivatedReason } from './schema.ts'

export const endpointDeactivated = defineEvent('webhooks.endpoint-deactivated.v1', {
  description: 'The shop stopped sending events to an endpoint that does not accept them.',
  key: 'endpoint_id',
  payload: Type.Object({ endpoint_id: Id, reason: DeactivatedReason }),
})

export const endpointChanged = defineEvent('webhooks.endpoint-changed.v1', {
  description: 'An endpoint was created, or staff changed it: it may receive events that no endpoint received before.',
  key: 'endpoint_id',
  payload: Type.Object({ endpoint_id: Id }),
})

export const webhooksEvents = [endpointChanged, endpointDeactivated]
