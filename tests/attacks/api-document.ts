/** The part of JSON Schema that our routes speak. */
export type Schema = Readonly<{
  type?: string | readonly string[]
  const?: unknown
  enum?: readonly unknown[]
  anyOf?: readonly Schema[]
  items?: Schema
  properties?: Readonly<Record<string, Schema>>
  required?: readonly string[]
  additionalProperties?: boolean | Schema
  format?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  minItems?: number
  maxItems?: number
  uniqueItems?: boolean
  minProperties?: number
  maxProperties?: number
}>

export type Parameter = Readonly<{ in: 'path' | 'query' | 'header'; name: string; required?: boolean; schema: Schema }>

type Content = Readonly<Record<string, { schema?: Schema }>>

/** Whom a route lets in: everybody, persons, or staff with a permission. */
type Admits = 'anyone' | 'customer' | 'staff'

/** One method of one path of the served document. */
export type Operation = Readonly<{
  name: string
  method: string
  path: string
  admits: Admits
  /** A bearer token is not looked at. */
  ignoresToken: boolean
  parameters: readonly Parameter[]
  body: Schema | undefined
  responses: Readonly<Record<string, { content?: Content }>>
}>

type Told = Readonly<{
  security?: readonly Record<string, unknown>[]
  parameters?: readonly Parameter[]
  requestBody?: { content: Content }
  responses: Operation['responses']
}>

/** Every operation of the document that the server at `address` serves, references resolved. */
export async function operationsOf(address: string): Promise<readonly Operation[]> {
  const text = await (await fetch(`${address}/api/openapi.json`)).text()
  const { components, paths } = JSON.parse(text) as {
    components: { schemas: Record<string, Schema> }
    paths: Record<string, Record<string, Told>>
  }
  const resolved = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (_name, inside: unknown) => {
      const ref = (inside as { $ref?: string } | null)?.$ref
      return ref === undefined ? inside : resolved(components.schemas[ref.replace('#/components/schemas/', '')])
    })
  return Object.entries(resolved(paths) as typeof paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, told]) => operationOf(path, method.toUpperCase(), told)),
  )
}

function operationOf(path: string, method: string, told: Told): Operation {
  const { security = [], parameters = [], requestBody, responses } = told
  return {
    name: `${method} ${path}`,
    method,
    path,
    admits: admitsOf(security),
    ignoresToken: security.length === 0,
    parameters,
    body: requestBody?.content['application/json']?.schema,
    responses,
  }
}

function admitsOf(security: readonly object[]): Admits {
  if (security.length === 0 || security.some((way) => Object.keys(way).length === 0)) return 'anyone'
  return security.some((way) => 'machine' in way) ? 'staff' : 'customer'
}

export const parametersIn = (operation: Operation, place: Parameter['in']) =>
  operation.parameters.filter((parameter) => parameter.in === place)

/** Server-sent events never end by themselves. */
export const isStream = ({ path, method }: Operation) => method === 'GET' && path.endsWith('/events')
