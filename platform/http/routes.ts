import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from 'fastify'
import type { AnyTx } from '#platform/db'
import type { Locale } from '#platform/words'
import type { Access, Caller } from './caller.ts'

/** Fastify with TypeBox: one schema validates, types and documents. */
export type Http = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** The routes of one slice, as a function that adds them to a server. */
export type Routes = (http: Http) => void

/** Writes the answer of a request into the transaction of its effect, so that a repeat gets the same bytes. */
export type Remember<Outcome> = (tx: AnyTx, outcome: Outcome) => Promise<void>

/** For callers without an Idempotency-Key: tests, events, the command line. */
export const forgetful: Remember<unknown> = async () => {}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller
    /** From the user's setting or `Accept-Language`. */
    locale: Locale
  }
  interface FastifyContextConfig {
    access?: Access
    /** Takes an `Idempotency-Key`: set on every POST that creates or moves money or stock. */
    idempotent?: boolean
    /** The class of rate limit the route falls under; 'default' when absent. */
    limit?: string
  }
}
