import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import { wrongTarget, type Reach, type WrongTarget } from '#platform/outbound'
import type { Seal } from '#platform/seal'
import { canonicalJson, newId, type Clock, type Locale } from '#platform/values'
import { endpointChanged } from '../events.ts'
import type { ChangeEndpointBody, CreateEndpointBody } from '../schema.ts'
import { secretOf } from '../secret.ts'
import { findEndpoint, listSecrets, lockEndpoint, type Endpoint, type WebhooksDb, type WebhooksTx } from '../store.ts'

type Needs = Readonly<{ db: WebhooksDb; now: Clock; seal: Seal; reach: Reach }>

export type CreatedEndpoint = Readonly<{ kind: 'created'; endpoint: Endpoint; secret: string }>
export type CreateEndpointOutcome = CreatedEndpoint | Refused<WrongTarget | 'id-taken' | 'too-many-endpoints'>
export type ChangeEndpointOutcome = Readonly<{ kind: 'changed'; endpoint: Endpoint }> | NotFound | Refused<WrongTarget>

type CreateInput = CreateEndpointBody &
  Readonly<{
    operation_id: string
    /** The language of e-mails about the endpoint. */
    locale: Locale
  }>
export type CreateEndpoint = (
  input: CreateInput,
  storeResponse: StoreResponse<CreatedEndpoint>,
) => Promise<CreateEndpointOutcome>
export type ChangeEndpoint = (id: string, change: ChangeEndpointBody) => Promise<ChangeEndpointOutcome>
export type DeleteEndpoint = (id: string) => Promise<Readonly<{ kind: 'deleted' }> | NotFound>

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
        return current && isSame(existing, endpoint)
          ? { kind: 'created', endpoint: existing, secret: seal.open(current.sealed) }
          : { kind: 'refused', reason: 'id-taken' }
      }
      if ((await countEndpoints(tx)) >= maxEndpoints) return { kind: 'refused', reason: 'too-many-endpoints' }
      const secret = secretOf(randomBytes(32).toString('base64'))
      await tx.insertInto('webhooks.endpoints').values(endpoint).execute()
      await tx
        .insertInto('webhooks.secrets')
        .values({
          id: newId(),
          endpoint_id: endpoint.id,
          sealed: seal.close(secret),
          created_at: endpoint.created_at,
          expires_at: null,
        })
        .execute()
      await publish(tx, [endpointChanged({ endpoint_id: endpoint.id })])
      const created = { kind: 'created', endpoint, secret } as const
      await storeResponse(tx, created)
      return created
    })
  }

function endpointOf({ operation_id, id = operation_id, locale, ...input }: CreateInput, now: Date): Endpoint {
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

/** Two requests at once must not both take the last place. */
const lockNumberOfEndpoints = (tx: WebhooksTx) =>
  sql`select pg_advisory_xact_lock(hashtextextended('webhooks: number of endpoints', 0))`.execute(tx)

async function countEndpoints(tx: WebhooksTx): Promise<number> {
  const { count } = await tx
    .selectFrom('webhooks.endpoints')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

/** An endpoint that is activated again begins without its failures; the deliveries that wait go on. */
export const changeEndpoint =
  ({ db, now, reach }: Pick<Needs, 'db' | 'now' | 'reach'>): ChangeEndpoint =>
  async (id, { event_types, is_active, ...change }) => {
    const wrong = change.url === undefined ? undefined : wrongTarget(change.url, reach)
    if (wrong) return { kind: 'refused', reason: wrong }
    return await transaction(db, async (tx): Promise<ChangeEndpointOutcome> => {
      const before = await lockEndpoint(tx, id)
      if (!before) return notFound('endpoint')
      const endpoint = await tx
        .updateTable('webhooks.endpoints')
        .set({
          ...change,
          ...(event_types && { event_types: [...event_types] }),
          ...(is_active !== undefined && activation(before, is_active)),
          updated_at: now(),
        })
        .where('id', '=', before.id)
        .returningAll()
        .executeTakeFirstOrThrow()
      await publish(tx, [endpointChanged({ endpoint_id: endpoint.id })])
      return { kind: 'changed', endpoint }
    })
  }

function activation(before: Endpoint, is_active: boolean) {
  if (is_active === before.is_active) return {}
  return is_active
    ? { is_active, deactivated_reason: null, failing_since: null }
    : { is_active, deactivated_reason: 'staff' as const }
}

/** Deletes an endpoint with its deliveries and their log. */
export const deleteEndpoint =
  ({ db }: Pick<Needs, 'db'>): DeleteEndpoint =>
  async (id) => {
    const { numDeletedRows } = await db.deleteFrom('webhooks.endpoints').where('id', '=', id).executeTakeFirstOrThrow()
    return numDeletedRows === 1n ? { kind: 'deleted' } : notFound('endpoint')
  }
