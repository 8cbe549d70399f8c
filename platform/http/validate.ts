import { Ajv, type ErrorObject, type Options } from 'ajv'
import ajvFormats from 'ajv-formats'
import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'

type Check = ((value: unknown) => boolean) & { errors?: ErrorObject[] | null }

const options: Options = {
  useDefaults: true,
  removeAdditional: false,
  strictSchema: true,
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
  // For readers of the document: several examples of one body, by name.
  keywords: ['example', 'x-examples'],
}
const addFormats = ajvFormats as unknown as (ajv: Ajv) => Ajv

/** Bodies are taken as they come: "1" is no number. */
const strict = addFormats(new Ajv({ ...options, coerceTypes: false }))
/**
 * Queries, paths and headers are text: `page=2` is a number there, `tag=a` a list of one. `1e400` becomes Infinity, which
 * Ajv holds against the bounds only when it is a number to it.
 */
const lenient = addFormats(new Ajv({ ...options, coerceTypes: 'array', strictNumbers: false }))
const thorough = addFormats(new Ajv({ ...options, coerceTypes: false, allErrors: true }))

/** Schemas are compiled late: a format that does not exist has to be noticed before. */
export const knowsFormat = (name: string): boolean => name in strict.formats

/**
 * Ajv behind Fastify, compiled at the first request of a route: compiling costs a millisecond per schema, which would
 * be most of the start of the server. (TypeBox's compiler starts nine times faster and checks half as fast.)
 */
export const compileCheck: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const ajv = httpPart === 'body' ? strict : lenient
  let compiled: Check | undefined
  const check: Check = (value) => {
    compiled ??= ajv.compile(schema)
    const fits = compiled(value)
    check.errors = compiled.errors ?? null
    return fits
  }
  return check
}

const everything = new WeakMap<object, Check>()

/** Every fault of `value`, where the first one alone is known. For small bodies: a long list of faults is an attack. */
export function faultsOf(schema: object, value: unknown): readonly ErrorObject[] {
  const check: Check = everything.get(schema) ?? thorough.compile(schema)
  everything.set(schema, check)
  return check(value) ? [] : (check.errors ?? [])
}
