import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parse } from 'yaml'

/**
 * Writes the TypeScript types of the API for the pages in `web/`, from docs/openapi.yaml, in the form that openapi-fetch reads.
 * openapi-typescript does the same, but calls the compiler API of TypeScript 5, which TypeScript 7 does not have (ADR 27).
 */

type Schema = Readonly<{
  $ref?: string
  type?: string | readonly string[]
  const?: unknown
  enum?: readonly unknown[]
  anyOf?: readonly Schema[]
  oneOf?: readonly Schema[]
  allOf?: readonly Schema[]
  items?: Schema
  properties?: Readonly<Record<string, Schema>>
  required?: readonly string[]
  additionalProperties?: boolean | Schema
}>
type Content = Readonly<Record<string, Readonly<{ schema?: Schema }>>>
type Parameter = Readonly<{ name: string; in: string; required?: boolean; schema: Schema }>
type Operation = Readonly<{
  parameters?: readonly Parameter[]
  requestBody?: Readonly<{ content: Content; required?: boolean }>
  responses: Readonly<Record<string, Readonly<{ content?: Content }>>>
}>
type Document = Readonly<{
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  components: Readonly<{ schemas: Readonly<Record<string, Schema>> }>
}>

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']
const primitives: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  null: 'null',
}
const quoted = (name: string) => JSON.stringify(name)

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return `components['schemas'][${quoted(schema.$ref.split('/').at(-1) ?? '')}]`
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  const union = schema.anyOf ?? schema.oneOf
  if (union) return `(${union.map(typeOf).join(' | ')})`
  if (schema.allOf) return `(${schema.allOf.map(typeOf).join(' & ')})`
  if (Array.isArray(schema.type)) return `(${schema.type.map((type) => typeOf({ ...schema, type })).join(' | ')})`
  if (schema.type === 'array') return `(${schema.items ? typeOf(schema.items) : 'unknown'})[]`
  if (schema.type === 'object' || schema.properties) return objectOf(schema)
  return primitives[String(schema.type)] ?? 'unknown'
}

/** Unknown members of a closed object are an error of the compiler; those of an open one are not listed. */
function objectOf({ properties = {}, required = [], additionalProperties }: Schema): string {
  const members = Object.entries(properties).map(
    ([name, schema]) => `${quoted(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`,
  )
  if (members.length === 0 && typeof additionalProperties === 'object')
    return `{ [name: string]: ${typeOf(additionalProperties)} }`
  return members.length === 0 ? '{ [name: string]: unknown }' : `{ ${members.join('; ')} }`
}

const contentOf = (content: Content = {}) =>
  `{ ${Object.entries(content)
    .map(([type, { schema }]) => `${quoted(type)}: ${schema ? typeOf(schema) : 'unknown'}`)
    .join('; ')} }`

function parametersOf(parameters: readonly Parameter[], place: string): string {
  const found = parameters.filter((parameter) => parameter.in === place)
  if (found.length === 0) return `${place}?: never`
  const fields = found.map(({ name, required, schema }) => `${quoted(name)}${required ? '' : '?'}: ${typeOf(schema)}`)
  return `${place}${found.some(({ required }) => required) ? '' : '?'}: { ${fields.join('; ')} }`
}

function operationOf({ parameters = [], requestBody, responses }: Operation): string {
  const places = ['query', 'header', 'path', 'cookie'].map((place) => parametersOf(parameters, place)).join('; ')
  const body = requestBody
    ? `requestBody${requestBody.required ? '' : '?'}: { content: ${contentOf(requestBody.content)} }`
    : 'requestBody?: never'
  const answers = Object.entries(responses).map(
    ([status, { content }]) =>
      `${quoted(status).replaceAll('"', '')}: { headers: { [name: string]: unknown }; content${content ? '' : '?'}: ${content ? contentOf(content) : 'never'} }`,
  )
  return `{ parameters: { ${places} }; ${body}; responses: { ${answers.join('; ')} } }`
}

/** The text of the declaration file. */
function apiTypes({ paths, components }: Document): string {
  const schemas = Object.entries(components.schemas).map(([name, schema]) => `    ${quoted(name)}: ${typeOf(schema)}`)
  const operations = Object.entries(paths).map(([path, item]) => {
    const members = methods.map((method) =>
      item[method] ? `${method}: ${operationOf(item[method])}` : `${method}?: never`,
    )
    return `  ${quoted(path)}: { parameters: { query?: never; header?: never; path?: never; cookie?: never }\n    ${members.join('\n    ')} }`
  })
  return `// Written by scripts/api-types.ts from docs/openapi.yaml.\nexport interface components {\n  schemas: {\n${schemas.join('\n')}\n  }\n}\nexport interface paths {\n${operations.join('\n')}\n}\n`
}

if (import.meta.main) {
  const document = parse(readFileSync(new URL('../docs/openapi.yaml', import.meta.url), 'utf8')) as Document
  mkdirSync(new URL('../web/api', import.meta.url), { recursive: true })
  writeFileSync(new URL('../web/api/schema.gen.d.ts', import.meta.url), apiTypes(document))
}
