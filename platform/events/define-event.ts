import type { Static, TObject } from 'typebox'
import { Compile } from 'typebox/compile'

/** An event before it is published. */
export type NewEvent = Readonly<{
  definition: EventDefinition
  payload: Readonly<Record<string, unknown>>
  /** With a chosen id, a second publication is the same message, and every inbox recognises it. */
  event_id?: string | undefined
}>

/** Type, schema and key of one version of an event. A call creates an event of that type. */
export type EventDefinition<Type extends string = string, Payload extends TObject = TObject> = {
  (payload: Static<Payload>, event_id?: string): NewEvent
  readonly type: Type
  readonly payload: Payload
  /** The payload property that orders: a consumer group handles the events of one key one after the other. */
  readonly key: string
  /** The name of the event in older systems: LeafFlow, Flower shop or the community service. */
  readonly alias: string | undefined
  readonly description: string
  /** The first issue of a payload, with its path; undefined when the payload is valid. Unknown fields are valid. */
  readonly issueOf: (payload: unknown) => string | undefined
}

/** The payload of an event definition: `PayloadOf<typeof orderCreated>`. */
// oxlint-disable-next-line no-explicit-any -- infers the payload of any definition
export type PayloadOf<Definition> = Definition extends EventDefinition<any, infer Payload> ? Static<Payload> : never

type Options<Payload extends TObject> = Readonly<{
  payload: Payload
  key: Extract<keyof Static<Payload>, string>
  description: string
  alias?: string
}>

const typePattern = /^[a-z][a-z0-9]*\.[a-z0-9]+(-[a-z0-9]+)*\.v[1-9]\d*$/

/** Defines a version of an event. Its type reads `module.noun-verbed.vN`; later changes to vN may only add optional fields. */
export function defineEvent<const Type extends string, Payload extends TObject>(
  type: Type,
  { payload, key, description, alias }: Options<Payload>,
): EventDefinition<Type, Payload> {
  if (!typePattern.test(type)) throw new TypeError(`${type} does not match module.noun-verbed.vN`)
  const { additionalProperties } = payload as { additionalProperties?: unknown }
  if (additionalProperties === false)
    throw new TypeError(`${type}: remove additionalProperties: false, subscribers must accept fields added later`)
  const compiled = Compile(payload)
  const issueOf = (candidate: unknown) => {
    if (compiled.Check(candidate)) return undefined
    const [issue] = compiled.Errors(candidate)
    return issue ? `${issue.instancePath || '/'} ${issue.message}` : 'does not match its schema'
  }
  const create = (values: Static<Payload>, event_id?: string): NewEvent => ({
    definition,
    payload: values,
    event_id,
  })
  const definition = Object.assign(create, {
    type,
    payload,
    key,
    description,
    alias,
    issueOf,
  }) as unknown as EventDefinition<Type, Payload>
  return definition
}
