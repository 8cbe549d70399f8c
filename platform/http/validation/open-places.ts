import type { RouteOptions } from 'fastify'
import { knowsFormat } from './compile-validator.ts'

type Schema = Readonly<Record<string, unknown>>

/** Formats that bound the length of a string by themselves. */
const boundedFormats = new Set(['uuid', 'date', 'time', 'date-time', 'ipv4', 'ipv6'])

/**
 * The unbounded places in the schemas of a route's body and query: unknown fields, strings, lists and numbers without a
 * bound. Rule 7 allows none, so a server with such a route does not start. The patterns of strings must be portable.
 */
export function openPlaces({ schema, config }: RouteOptions): readonly string[] {
  if (config?.tolerant) return []
  return [
    ...(schema?.body ? openIn(schema.body as Schema, 'body', true) : []),
    ...(schema?.querystring ? openIn(schema.querystring as Schema, 'query', false) : []),
  ]
}

function openIn(schema: Schema, place: string, mustBeClosed: boolean): readonly string[] {
  const variants = ['anyOf', 'oneOf', 'allOf'].flatMap((word) => (schema[word] as Schema[] | undefined) ?? [])
  if (variants.length > 0) {
    // The branches of allOf see each other's fields as unknown: unevaluatedProperties of the whole closes them.
    const inner = mustBeClosed && !('allOf' in schema && schema['unevaluatedProperties'] === false)
    return variants.flatMap((variant) => openIn(variant, place, inner))
  }
  if ('const' in schema || 'enum' in schema || '$ref' in schema || 'not' in schema) return []
  const types = [schema['type'] ?? 'anything'].flat() as string[]
  return types.flatMap((type) => checks[type]?.(schema, place, mustBeClosed) ?? [`${place} may be anything`])
}

/** Generated clients compile the pattern in their own language: classes of Unicode and named groups differ. */
const isPortable = (pattern: unknown): boolean => typeof pattern !== 'string' || !/\\p\{|\\P\{|\(\?</.test(pattern)

type Check = (schema: Schema, place: string, mustBeClosed: boolean) => readonly string[]

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
    if (!isPortable(schema['pattern'])) return [`${place} has a pattern that Python or Java cannot read`]
    const isBounded = 'maxLength' in schema || boundedFormats.has(String(format))
    return isBounded ? [] : [`${place} is a string without maxLength`]
  },
  array: (schema, place) => {
    const items = [schema['items'] ?? []].flat() as Schema[]
    const isTuple = Array.isArray(schema['items'])
    const open = 'maxItems' in schema || isTuple ? [] : [`${place} is a list without maxItems`]
    return [...open, ...items.flatMap((item) => openIn(item, `${place}[]`, true))]
  },
  object: (schema, place, mustBeClosed) => {
    const rest = schema['additionalProperties']
    const patterns = schema['patternProperties'] as Record<string, Schema> | undefined
    const isMap = typeof rest === 'object' || patterns !== undefined
    const open = isMap
      ? 'maxProperties' in schema
        ? []
        : [`${place} is a map without maxProperties`]
      : mustBeClosed && rest !== false
        ? [`${place} lets unknown fields through: set additionalProperties: false`]
        : []
    const fields = Object.entries({ ...(schema['properties'] as Record<string, Schema> | undefined), ...patterns })
    return [...open, ...fields.flatMap(([name, field]) => openIn(field, `${place}.${name}`, true))]
  },
}
