import { canonicalJson } from '#platform/values'

type Schema = Readonly<Record<string, unknown>>
type Media = { schema?: Schema }
type Content = Readonly<Record<string, Media>>

/** A response, or the reference that `takeResponses` put in its place. */
type DescribedResponse = Readonly<{ description?: string; content?: Content; $ref?: string }>

/** The parts of an operation that contain schemas. */
export type DescribedOperation = Readonly<{
  parameters?: readonly { schema?: Schema }[]
  requestBody?: { content: Content }
  responses: Record<string, DescribedResponse>
}>

/** A title in this form is the name of a schema: `named('Order', …)` of `#platform/schema` sets it. */
const nameForm = /^[A-Z]\w+$/

/**
 * Moves every named schema of `operations` to the components, and puts a reference in its place. Throws when two schemas
 * of different shape have the same name.
 */
export function takeComponents(operations: readonly DescribedOperation[]): Readonly<Record<string, Schema>> {
  const components = new Map<string, Schema>()
  for (const { parameters = [], requestBody, responses } of operations) {
    const media = [requestBody, ...Object.values(responses)].flatMap((part) => Object.values(part?.content ?? {}))
    for (const place of [...parameters, ...media]) {
      if (place.schema) place.schema = referenced(place.schema, components)
    }
  }
  return Object.fromEntries([...components].toSorted(([one], [other]) => (one < other ? -1 : 1)))
}

function referenced(schema: Schema, components: Map<string, Schema>): Schema {
  const inner = Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => [keyword, subschemas[keyword]?.(value, components) ?? value]),
  )
  const name = schema['title']
  if (typeof name !== 'string' || !nameForm.test(name)) return inner
  const known = components.get(name)
  if (known && shapeOf(known) !== shapeOf(inner)) {
    throw new Error(`Two different schemas are named "${name}": ${shapeOf(known)} and ${shapeOf(inner)}`)
  }
  components.set(name, { ...inner, ...known })
  return { $ref: `#/components/schemas/${name}` }
}

/** The Swagger plugin moves the examples of a body's outermost schema out of it, so they are no part of the shape. */
const shapeOf = ({ examples: _examples, example: _example, ...shape }: Schema): string => canonicalJson(shape)

type Replace = (value: unknown, components: Map<string, Schema>) => unknown

const one: Replace = (value, components) =>
  typeof value === 'object' && value !== null ? referenced(value as Schema, components) : value
const list: Replace = (value, components) =>
  Array.isArray(value) ? value.map((schema) => one(schema, components)) : one(value, components)
const record: Replace = (value, components) =>
  Object.fromEntries(Object.entries(value as object).map(([name, schema]) => [name, one(schema, components)]))

/** The keywords of JSON Schema that contain schemas. Examples and defaults may look like schemas and are none. */
const subschemas: Readonly<Record<string, Replace | undefined>> = {
  properties: record,
  patternProperties: record,
  additionalProperties: one,
  unevaluatedProperties: one,
  items: list,
  prefixItems: list,
  anyOf: list,
  oneOf: list,
  allOf: list,
  not: one,
}

const problemOfOneCode = /^#\/components\/schemas\/(\w+)Problem$/

/**
 * Moves every response that is one problem, and that several routes give in the same words, to the components: `Forbidden`,
 * `TooManyRequests`. Call it after `takeComponents`.
 */
export function takeResponses(operations: readonly DescribedOperation[]): Readonly<Record<string, object>> {
  const all = operations.flatMap(({ responses }) => Object.values(responses))
  const shared = new Map<string, DescribedResponse>()
  for (const [text, same] of Map.groupBy(all, canonicalJson)) {
    const [response] = same
    const ref = Object.values(response?.content ?? {})[0]?.schema?.['$ref']
    const [, name] = problemOfOneCode.exec(String(ref)) ?? []
    if (!response || !name || same.length === 1 || shared.has(name)) continue
    shared.set(name, response)
    for (const { responses } of operations) {
      for (const [status, one] of Object.entries(responses)) {
        if (canonicalJson(one) === text) responses[status] = { $ref: `#/components/responses/${name}` }
      }
    }
  }
  return Object.fromEntries([...shared].toSorted(([one], [other]) => (one < other ? -1 : 1)))
}
