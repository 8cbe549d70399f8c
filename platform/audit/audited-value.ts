import { redactLine } from '#platform/telemetry'
import { isId } from '#platform/values'

type Schema = Readonly<{
  type?: string | readonly string[]
  enum?: readonly unknown[]
  const?: unknown
  format?: string
  anyOf?: readonly Schema[]
  properties?: Readonly<Record<string, Schema>>
  items?: Schema
}>

/** Stands for a text: names, addresses, secrets and codes are texts. */
const hidden = '[text]'
const maxDepth = 4
const maxItems = 50
const maxReason = 300

/**
 * The part of a request's body that the audit keeps: numbers, truth values, ids, moments, and the words of a closed list.
 * Every other text is hidden, except a `reason`, which loses what looks like a secret or a contact.
 */
export const auditedValue = (schema: unknown, value: unknown): unknown => valueOf(schema ?? {}, value, 0)

function valueOf(schema: Schema, value: unknown, depth: number): unknown {
  if (typeof value === 'string') return isOpen(schema, value) ? value : hidden
  if (typeof value !== 'object' || value === null) return value
  if (depth === maxDepth) return hidden
  if (Array.isArray(value)) {
    const items = itemsOf(schema)
    return value.slice(0, maxItems).map((item) => valueOf(items, item, depth + 1))
  }
  const entries = Object.entries(value).slice(0, maxItems)
  return Object.fromEntries(
    entries.flatMap(([name, inner]) => {
      const property = propertyOf(schema, name)
      // A name that the schema does not list may be a text of the caller.
      if (!property) return []
      return [[name, name === 'reason' ? reasonOf(inner) : valueOf(property, inner, depth + 1)]]
    }),
  )
}

/** True for a text that is one of few: it names a choice and no person. */
function isOpen(schema: Schema, text: string): boolean {
  if (schema.enum?.includes(text) || schema.const === text) return true
  if (schema.format === 'uuid') return isId(text)
  if (schema.format === 'date-time' || schema.format === 'date') return true
  return schema.anyOf?.some((one) => isOpen(one, text)) ?? false
}

const reasonOf = (reason: unknown): unknown =>
  typeof reason === 'string' ? redactLine(reason).slice(0, maxReason) : hidden

const branches = (schema: Schema): readonly Schema[] => [schema, ...(schema.anyOf?.flatMap(branches) ?? [])]

const itemsOf = (schema: Schema): Schema => branches(schema).find(({ items }) => items)?.items ?? {}

const propertyOf = (schema: Schema, name: string): Schema | undefined =>
  branches(schema).find(({ properties }) => properties && Object.hasOwn(properties, name))?.properties?.[name]
