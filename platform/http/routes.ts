import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { Locale } from '#platform/values'
import type { Access, Caller } from './caller.ts'

/** Fastify with TypeBox: one schema validates, types and documents. */
export type Http = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** The request of any route, whatever its schema. */
// oxlint-disable-next-line no-explicit-any
export type AnyRequest = FastifyRequest<any, any, any, any, any, any, any>

/** The reply of any route, whatever its schema. */
// oxlint-disable-next-line no-explicit-any
export type AnyReply = FastifyReply<any, any, any, any, any, any, any>

/** The routes of one slice, as a function that adds them to a server. */
export type Routes = (http: Http) => void

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
    /** The class of rate limit the route falls under; 'default' when absent, 'none' for health. */
    limit?: string
    /**
     * Does not look at the caller's token: signing in and refreshing must work with one that has run out. Everywhere
     * else under /api/v1 a token that is not good is 401, also where anyone may come: a cart must not turn into a
     * guest's because a token ran out.
     */
    ignoresToken?: boolean
    /** The sender is somebody else's system, such as a bank: fields we do not know are let through. */
    tolerant?: boolean
    /** Nothing has to be sent: no body is as good as `{}`. */
    bodyOptional?: boolean
  }
}
