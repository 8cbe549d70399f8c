import type { Static, TObject } from 'typebox'
import { Compile } from 'typebox/compile'

/** An event as its sender makes it: what `tell` writes. */
export type NewEvent = Readonly<{
  definition: EventDefinition
  payload: Readonly<Record<string, unknown>>
  /** A chosen id makes a resend the same message, which every inbox knows again. */
  event_id?: string | undefined
}>

/** Type, schema and key of one version of an event. Calling it makes an event of that type. */
export type EventDefinition<Type extends string = string, Payload extends TObject = TObject> = {
  (payload: Static<Payload>, event_id?: string): NewEvent
  readonly type: Type
  readonly payload: Payload
  /** The payload property whose value orders: events of one key are heard one after the other. */
  readonly key: string
  /** What LeafFlow, Flower shop or the community service called it. */
  readonly alias: string | undefined
  readonly description: string
  /** Says where the payload is wrong; undefined when it is right. Unknown fields are tolerated. */
  readonly faultOf: (payload: unknown) => string | undefined
}

/** The payload of an event definition: `PayloadOf<typeof orderCreated>`. */
// oxlint-disable-next-line no-explicit-any -- infers the payload of any definition
export type PayloadOf<Definition> = Definition extends EventDefinition<any, infer Payload> ? Static<Payload> : never

type Meaning<Payload extends TObject> = Readonly<{
  payload: Payload
  key: Extract<keyof Static<Payload>, string>
  description: string
  alias?: string
}>

const typePattern = /^[a-z][a-z0-9]*\.[a-z0-9]+(-[a-z0-9]+)*\.v[1-9]\d*$/

/** Defines a version of an event. The type reads `module.noun-verbed.vN`; within vN only optional fields may be added. */
export function defineEvent<const Type extends string, Payload extends TObject>(
  type: Type,
  { payload, key, description, alias }: Meaning<Payload>,
): EventDefinition<Type, Payload> {
  if (!typePattern.test(type)) throw new TypeError(`${type} does not read module.noun-verbed.vN`)
  const { additionalProperties } = payload as { additionalProperties?: unknown }
  if (additionalProperties === false) throw new TypeError(`${type}: hearers of vN must stand fields added later`)
  const checked = Compile(payload)
  const faultOf = (candidate: unknown) => {
    if (checked.Check(candidate)) return undefined
    const [fault] = checked.Errors(candidate)
    return fault ? `${fault.instancePath || '/'} ${fault.message}` : 'does not fit its schema'
  }
  const definition = Object.assign(
    (given: Static<Payload>, event_id?: string): NewEvent => ({
      definition,
      payload: given as NewEvent['payload'],
      event_id,
    }),
    { type, payload, key, description, alias, faultOf },
  ) as unknown as EventDefinition<Type, Payload>
  return definition
}
