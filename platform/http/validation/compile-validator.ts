import { Ajv, type ErrorObject, type Options } from 'ajv'
import ajvFormats from 'ajv-formats'
import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { isId } from '#platform/values'

type Validate = ((value: unknown) => boolean) & { errors?: ErrorObject[] | null }

const options: Options = {
  useDefaults: true,
  removeAdditional: false,
  strictSchema: true,
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
  // Annotations of the API document: named examples of one body.
  keywords: ['example', 'x-examples'],
}

/** The formats of all schemas. That of a UUID in ajv-formats lets `urn:uuid:…` pass, which PostgreSQL does not read. */
const addFormats = (ajv: Ajv): Ajv => (ajvFormats as unknown as (ajv: Ajv) => Ajv)(ajv).addFormat('uuid', isId)

/** The validator of bodies converts no types, so "1" is not a number. */
const strict = addFormats(new Ajv({ ...options, coerceTypes: false }))
/**
 * For queries, paths and headers, which are text: `page=2` is a number there, and `tag=a` is a list of one. `1e400` becomes
 * Infinity; Ajv checks it against the bounds only when `strictNumbers` is off.
 */
const lenient = addFormats(new Ajv({ ...options, coerceTypes: 'array', strictNumbers: false }))
const exhaustive = addFormats(new Ajv({ ...options, coerceTypes: false, allErrors: true }))

/** Schemas are compiled late, so an unknown format must be found at the start by this function. */
export const knowsFormat = (name: string): boolean => name in strict.formats

/**
 * Ajv behind Fastify, compiled at the first request of a route: compiling takes a millisecond per schema, which would
 * be most of the server's start. (TypeBox's compiler starts nine times faster and validates half as fast.)
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const ajv = httpPart === 'body' ? strict : lenient
  let compiled: Validate | undefined
  const validate: Validate = (value) => {
    compiled ??= ajv.compile(schema)
    const isValid = compiled(value)
    validate.errors = compiled.errors ?? null
    return isValid
  }
  return validate
}

const exhaustiveValidators = new WeakMap<object, Validate>()

/** The greatest number of errors that are compared and described: they make the 20 issues of a problem document. */
export const maxErrors = 250

/**
 * The errors of `value`, at most 250; validation of requests stops at the first one. For small bodies: a long list is an
 * attack. 16 kB of `{}` have 27,000 errors, which Ajv collects in 8 ms; to compare them all took ten seconds. Empty when the
 * first 250 errors are all of one union.
 */
export function allErrorsOf(schema: object, value: unknown): readonly ErrorObject[] {
  const validate: Validate = exhaustiveValidators.get(schema) ?? exhaustive.compile(schema)
  exhaustiveValidators.set(schema, validate)
  return validate(value) ? [] : firstOf(validate.errors ?? [])
}

/** Ends after an error outside unions: Ajv reports the branches of a union before the union itself. */
function firstOf(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  if (errors.length <= maxErrors) return errors
  const first = errors.slice(0, maxErrors)
  return first.slice(0, first.findLastIndex(({ schemaPath }) => !inUnion.test(schemaPath)) + 1)
}

const inUnion = /\/(?:anyOf|oneOf)\//
