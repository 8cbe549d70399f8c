import { randomBytes } from 'node:crypto'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { Refused, StoreResponse } from '#platform/outcome'
import { wrongTarget, type Reach, type WrongTarget } from '#platform/outbound'
import type { Seal } from '#platform/seal'
import { canonicalJson, type Clock, type Locale } from '#platform/values'
import { endpointChanged } from '../events.ts'
import type { CreateEndpointBody } from '../schema.ts'
import { secretOf, signingSecretsOf } from '../secret.ts'
import {
  countEndpoints,
  findEndpoint,
  insertSecret,
  listSecrets,
  lockNumberOfEndpoints,
  type Endpoint,
  type WebhooksDb,
} from '../store.ts'

type Needs = Readonly<{ db: WebhooksDb; now: Clock; seal: Seal; reach: Reach }>

type CreateEndpointInput = CreateEndpointBody &
  Readonly<{
    operation_id: string
    /** The language of e-mails about the endpoint. */
    locale: Locale
  }>
export type CreatedEndpoint = Readonly<{ kind: 'created'; endpoint: Endpoint; secret: string }>
export type CreateEndpointOutcome =
  | CreatedEndpoint
  | Refused<WrongTarget | 'id-taken' | 'secret-lost' | 'too-many-endpoints'>
export type CreateEndpoint = (
  input: CreateEndpointInput,
  storeResponse: StoreResponse<CreatedEndpoint>,
) => Promise<CreateEndpointOutcome>

/** Each endpoint has requests of its own, so their number bounds the open connections. */
export const maxEndpoints = 30

/** Idempotent by id: a repeated request returns the endpoint that the first one created, with its secret. */
export const createEndpoint =
  ({ db, now, seal, reach }: Needs): CreateEndpoint =>
  async (input, storeResponse) => {
    const wrong = wrongTarget(input.url, reach)
    if (wrong) return { kind: 'refused', reason: wrong }
    return await transaction(db, async (tx): Promise<CreateEndpointOutcome> => {
      const endpoint = endpointOf(input, now())
      await lockNumberOfEndpoints(tx)
      const existing = await findEndpoint(tx, endpoint.id)
      if (existing) {
        const [current] = await listSecrets(tx, endpoint.id, now())
        if (!current || !isSame(existing, endpoint)) return { kind: 'refused', reason: 'id-taken' }
        const [secret] = signingSecretsOf([current.sealed], seal) ?? []
        return secret === undefined
          ? { kind: 'refused', reason: 'secret-lost' }
          : { kind: 'created', endpoint: existing, secret }
      }
      if ((await countEndpoints(tx)) >= maxEndpoints) return { kind: 'refused', reason: 'too-many-endpoints' }
      const { id: endpoint_id, created_at } = endpoint
      const secret = secretOf(randomBytes(32).toString('base64'))
      await tx.insertInto('webhooks.endpoints').values(endpoint).execute()
      await insertSecret(tx, { endpoint_id, sealed: seal.close(secret), created_at })
      await publish(tx, [endpointChanged({ endpoint_id })])
      const created = { kind: 'created', endpoint, secret } as const
      await storeResponse(tx, created)
      return created
    })
  }

function endpointOf({ operation_id, id = operation_id, locale, ...input }: CreateEndpointInput, now: Date): Endpoint {
  const is_active = input.is_active ?? true
  return {
    id: id.toLowerCase(),
    url: input.url,
    description: input.description ?? '',
    event_types: [...input.event_types],
    contact_email: input.contact_email ?? null,
    contact_locale: locale,
    is_active,
    deactivated_reason: is_active ? null : 'staff',
    failing_since: null,
    created_at: now,
    updated_at: now,
  }
}

const compared = ['url', 'description', 'event_types', 'contact_email', 'is_active'] as const

const isSame = (existing: Endpoint, endpoint: Endpoint): boolean =>
  compared.every((fact) => canonicalJson(existing[fact]) === canonicalJson(endpoint[fact]))
