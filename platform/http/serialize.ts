import fastJsonStringify from 'fast-json-stringify'
import type { FastifySerializerCompiler } from 'fastify'
import type { TSchema } from 'typebox'

type Serialize = (value: unknown) => string

/**
 * Fastify's own serializer, compiled at the first answer of its kind: it lets out what the schema names and nothing
 * else. Compiled ahead it was two thirds of the start of the server.
 */
export const compileSerializer: FastifySerializerCompiler<TSchema> = ({ schema }) => {
  let compiled: Serialize | undefined
  return (value) => {
    compiled ??= fastJsonStringify(schema)
    return compiled(value)
  }
}
