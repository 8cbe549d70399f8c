import { Type, type Static } from 'typebox'
import { Closed, Email, Id, named, Nullable, OneOf, type Shape, Text, Time } from '#platform/schema'
import { eventTypes } from './public-events.ts'

export const deliveryStatuses = ['pending', 'delivered', 'failed'] as const
export const DeliveryStatus = OneOf(deliveryStatuses)
export type DeliveryStatus = Static<typeof DeliveryStatus>

/** `staff`: by hand. `failing`: no success for days. `gone`: the receiver answered 410. `backlog`: too many wait. */
export const deactivatedReasons = ['staff', 'failing', 'gone', 'backlog'] as const
export const DeactivatedReason = OneOf(deactivatedReasons)
export type DeactivatedReason = Static<typeof DeactivatedReason>

const EventType = named('WebhookEventType', OneOf(eventTypes))

const url = Type.String({ minLength: 1, maxLength: 2000, description: 'An https URL that receives POST requests' })

const endpoint = {
  url,
  description: Text(500),
  event_types: Type.Array(EventType, { minItems: 1, maxItems: 50, uniqueItems: true }),
  contact_email: Nullable(Email),
  is_active: Type.Boolean(),
}

const endpointView = {
  id: Id,
  ...endpoint,
  event_types: Type.Array(Type.String()),
  deactivated_reason: Nullable(DeactivatedReason),
  failing_since: Nullable(Time),
  created_at: Time,
  updated_at: Time,
}
export const EndpointView = named('WebhookEndpoint', Type.Object(endpointView))

const secret = Type.String({ description: '`whsec_…`: verifies the signatures; no other response contains it' })

export const EndpointWithSecret = named('WebhookEndpointWithSecret', Type.Object({ ...endpointView, secret }))

export const CreateEndpointBody = named(
  'CreateWebhookEndpointBody',
  Closed({
    id: Type.Optional(Id),
    url,
    event_types: endpoint.event_types,
    description: Type.Optional(endpoint.description),
    contact_email: Type.Optional(endpoint.contact_email),
    is_active: Type.Optional(endpoint.is_active),
  }),
)
export type CreateEndpointBody = Shape<typeof CreateEndpointBody>

export const ChangeEndpointBody = named(
  'ChangeWebhookEndpointBody',
  Type.Partial(Closed(endpoint), { additionalProperties: false, minProperties: 1 }),
)
export type ChangeEndpointBody = Shape<typeof ChangeEndpointBody>

export const RotateSecretBody = named(
  'RotateWebhookSecretBody',
  Closed({
    overlap_hours: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 168,
        description: 'Requests also have a signature of the previous secret for this time; 24 when absent',
      }),
    ),
  }),
)

export const NewSecret = named('NewWebhookSecret', Type.Object({ secret, previous_secret_expires_at: Nullable(Time) }))

export const EventTypeView = named(
  'WebhookEventTypeView',
  Type.Object({
    type: Type.String(),
    description: Type.String(),
    data_schema: Type.Object({}, { additionalProperties: true, description: 'The JSON Schema of `data`' }),
  }),
)

const delivery = {
  id: Id,
  endpoint_id: Id,
  message_id: Type.String({ format: 'uuid', description: 'The header `webhook-id` of each attempt' }),
  event_type: Type.String(),
  status: DeliveryStatus,
  attempts: Type.Integer(),
  next_attempt_at: Nullable(Time),
  created_at: Time,
  finished_at: Nullable(Time),
}
export const DeliveryView = named('WebhookDelivery', Type.Object(delivery))

const attempt = {
  number: Type.Integer(),
  started_at: Time,
  duration: Type.Integer({ description: 'Milliseconds' }),
  response_status: Nullable(Type.Integer()),
  excerpt: Nullable(Type.String({ description: 'The beginning of the response' })),
  reason: Nullable(Type.String({ description: 'Why there was no response, such as timeout' })),
}

export const DeliveryDetails = named(
  'WebhookDeliveryDetails',
  Type.Object({
    ...delivery,
    body: Type.String({ description: 'The body of each attempt' }),
    attempt_log: Type.Array(Type.Object(attempt)),
  }),
)

export const DeliveryParams = Type.Object({ id: Id, delivery_id: Id })

export const deliveryFilter = { status: Type.Optional(DeliveryStatus), event_type: Type.Optional(EventType) }
