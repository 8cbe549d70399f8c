import type { RouteOptions } from 'fastify'
import { knowsFormat } from './validate.ts'

type Schema = Readonly<Record<string, unknown>>

/** Formats that bound the length of a string by themselves. */
const boundedFormats = new Set(['uuid', 'date', 'time', 'date-time', 'ipv4', 'ipv6'])

/**
 * What is left open in a route's body and query: unknown fields, endless strings, lists and numbers. Rule 7 says that
 * there is no such place, so a server with one does not start.
 */
export function openPlaces({ schema, config }: RouteOptions): readonly string[] {
  if (config?.tolerant) return []
  return [
    ...(schema?.body ? openIn(schema.body as Schema, 'body', true) : []),
    ...(schema?.querystring ? openIn(schema.querystring as Schema, 'query', false) : []),
  ]
}

function openIn(schema: Schema, place: string, closed: boolean): readonly string[] {
  const variants = ['anyOf', 'oneOf', 'allOf'].flatMap((word) => (schema[word] as Schema[] | undefined) ?? [])
  if (variants.length > 0) {
    // The branches of allOf see each other's fields as unknown: unevaluatedProperties of the whole closes them.
    const inner = closed && !('allOf' in schema && schema['unevaluatedProperties'] === false)
    return variants.flatMap((variant) => openIn(variant, place, inner))
  }
  if ('const' in schema || 'enum' in schema || '$ref' in schema || 'not' in schema) return []
  const types = [schema['type'] ?? 'anything'].flat() as string[]
  return types.flatMap((type) => checks[type]?.(schema, place, closed) ?? [`${place} may be anything`])
}

type Check = (schema: Schema, place: string, closed: boolean) => readonly string[]

const openNumber: Check = (schema, place) => {
  const low = 'minimum' in schema || 'exclusiveMinimum' in schema
  const high = 'maximum' in schema || 'exclusiveMaximum' in schema
  return low && high ? [] : [`${place} is a number without ${low ? 'maximum' : 'minimum'}`]
}

const checks: Readonly<Record<string, Check>> = {
  null: () => [],
  boolean: () => [],
  integer: openNumber,
  number: openNumber,
  string: (schema, place) => {
    const { format } = schema
    if (typeof format === 'string' && !knowsFormat(format)) return [`${place} has an unknown format "${format}"`]
    const isBounded = 'maxLength' in schema || boundedFormats.has(String(format))
    return isBounded ? [] : [`${place} is a string without maxLength`]
  },
  array: (schema, place) => {
    const items = [schema['items'] ?? []].flat() as Schema[]
    const isTuple = Array.isArray(schema['items'])
    const open = 'maxItems' in schema || isTuple ? [] : [`${place} is a list without maxItems`]
    return [...open, ...items.flatMap((item) => openIn(item, `${place}[]`, true))]
  },
  object: (schema, place, closed) => {
    const rest = schema['additionalProperties']
    const patterns = schema['patternProperties'] as Record<string, Schema> | undefined
    const isMap = typeof rest === 'object' || patterns !== undefined
    const open = isMap
      ? 'maxProperties' in schema
        ? []
        : [`${place} is a map without maxProperties`]
      : closed && rest !== false
        ? [`${place} lets unknown fields through: additionalProperties: false`]
        : []
    const inside = Object.entries({ ...(schema['properties'] as Record<string, Schema> | undefined), ...patterns })
    return [...open, ...inside.flatMap(([name, field]) => openIn(field, `${place}.${name}`, true))]
  },
}
