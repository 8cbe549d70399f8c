import { Ajv, type ErrorObject, type Options } from 'ajv'
import ajvFormats from 'ajv-formats'
import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'

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
const addFormats = ajvFormats as unknown as (ajv: Ajv) => Ajv

/** For bodies: types are not converted, so "1" is not a number. */
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

/** Every error of `value`; validation of requests stops at the first one. For small bodies: a long list is an attack. */
export function allErrorsOf(schema: object, value: unknown): readonly ErrorObject[] {
  const validate: Validate = exhaustiveValidators.get(schema) ?? exhaustive.compile(schema)
  exhaustiveValidators.set(schema, validate)
  return validate(value) ? [] : (validate.errors ?? [])
}
