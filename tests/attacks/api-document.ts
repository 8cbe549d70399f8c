/** The keywords of JSON Schema that the routes use. */
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

/** The least rights that a caller of the route needs. `signed-in`: a customer sees her own things there, and staff see all. */
type Admits = 'anyone' | 'signed-in' | 'customer' | 'staff'

/** One method of one path of the served document. */
export type Operation = Readonly<{
  name: string
  method: string
  path: string
  admits: Admits
  /** The route does not read a bearer token. */
  ignoresToken: boolean
  parameters: readonly Parameter[]
  body: Schema | undefined
  /** The body is a file. */
  isUpload: boolean
  responses: Readonly<Record<string, { content?: Content }>>
}>

type Documented = Readonly<{
  security?: readonly Record<string, unknown>[]
  parameters?: readonly Parameter[]
  requestBody?: { content: Content }
  responses: Operation['responses']
}>

/** Every operation of the document that the server at `address` serves, with its references resolved. */
export async function operationsOf(address: string): Promise<readonly Operation[]> {
  const text = await (await fetch(`${address}/api/openapi.json`)).text()
  const { components, paths } = JSON.parse(text) as {
    components: Record<string, Record<string, object>>
    paths: Record<string, Record<string, Documented>>
  }
  const resolved = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (_name, inside: unknown) => {
      const ref = (inside as { $ref?: string } | null)?.$ref
      const [, kind = '', name = ''] = /^#\/components\/(\w+)\/(\w+)$/.exec(ref ?? '') ?? []
      return ref === undefined ? inside : resolved(components[kind]?.[name])
    })
  return Object.entries(resolved(paths) as typeof paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, documented]) => operationOf(path, method.toUpperCase(), documented)),
  )
}

function operationOf(path: string, method: string, documented: Documented): Operation {
  const { security = [], parameters = [], requestBody, responses } = documented
  return {
    name: `${method} ${path}`,
    method,
    path,
    admits: admitsOf(security),
    ignoresToken: security.length === 0,
    parameters,
    body: requestBody?.content['application/json']?.schema,
    isUpload: requestBody?.content['multipart/form-data'] !== undefined,
    responses,
  }
}

function admitsOf(security: readonly object[]): Admits {
  if (security.length === 0 || security.some((scheme) => Object.keys(scheme).length === 0)) return 'anyone'
  const programs = security.flatMap((scheme) => ('machine' in scheme ? [scheme.machine as readonly string[]] : []))
  if (programs.length === 0) return 'customer'
  return programs.some((permissions) => permissions.length > 0) ? 'signed-in' : 'staff'
}

export const parametersIn = (operation: Operation, place: Parameter['in']) =>
  operation.parameters.filter((parameter) => parameter.in === place)

/** True for server-sent events: their response does not end. */
export const isStream = ({ path, method }: Operation) => method === 'GET' && path.endsWith('/events')
