import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js'
import ajvFormats from 'ajv-formats'
import { parametersIn, type Operation, type Schema } from '../api-document.ts'

/** A UUID as in RFC 9562; ajv-formats accepts `urn:uuid:…` too. */
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i
const addFormats = (ajv: Ajv2020): Ajv2020 =>
  (ajvFormats as unknown as (ajv: Ajv2020) => Ajv2020)(ajv).addFormat('uuid', uuid)
const options = { strict: false, allErrors: false }
const strict = addFormats(new Ajv2020(options))
/** Queries, paths and headers are text: the server coerces them to numbers and lists. */
const lenient = addFormats(new Ajv2020({ ...options, coerceTypes: 'array' }))

type Check = (value: unknown) => boolean

const compiled = new WeakMap<object, Check>()

function checkOf(schema: object, ajv: Ajv2020): Check {
  const check: Check = compiled.get(schema) ?? ajv.compile(schema as AnySchema)
  compiled.set(schema, check)
  return check
}

/** True when `value` fits `schema`. */
export const fits = (schema: Schema, value: unknown): boolean => checkOf(schema, strict)(value)

/** The reason why `value` does not fit `schema`; undefined when it fits. */
export function mismatchOf(schema: Schema, value: unknown): string | undefined {
  const check = checkOf(schema, strict) as Check & { errors?: object[] | null }
  return check(value) ? undefined : strict.errorsText(check.errors as Parameters<Ajv2020['errorsText']>[0])
}

const parameterSchemas = new WeakMap<Operation, Record<string, object>>()

/** True when the operation accepts the texts as its parameters. */
export function parametersFit(operation: Operation, place: 'path' | 'query', texts: Record<string, unknown>): boolean {
  const schemas = parameterSchemas.get(operation) ?? {
    path: parametersSchemaOf(operation, 'path'),
    query: parametersSchemaOf(operation, 'query'),
  }
  parameterSchemas.set(operation, schemas)
  return checkOf(schemas[place] ?? {}, lenient)(structuredClone(texts))
}

function parametersSchemaOf(operation: Operation, place: 'path' | 'query'): object {
  const parameters = parametersIn(operation, place)
  return {
    type: 'object',
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: false,
  }
}
