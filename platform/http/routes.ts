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
import type { ActStep } from '#platform/audit'
import type { TraceContext } from '#platform/telemetry'
import type { Locale } from '#platform/values'
import type { Attempt } from './idempotency/attempt.ts'
import type { Access, Caller } from '#platform/access'
import type { RouteFacts } from './route-facts.ts'
import type { Streams } from './streams/streams.ts'

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
    /** The token by which the caller was identified. */
    token: string | undefined
    /** The language of the user's profile, or of `Accept-Language`. */
    locale: Locale
    facts: RouteFacts
    traceContext: TraceContext | undefined
    /** The value of `performance.now()` when the request arrived. */
    receivedAt: number
    /** The bytes of a JSON body, for signatures over them. */
    rawBody: Buffer | undefined
    /** The attempt that holds the request's Idempotency-Key. */
    attempt: Attempt | undefined
    /** The act of the caller, on routes that the audit records. */
    act: ActStep | undefined
    /** The id of what the request created. */
    createdId: string | undefined
  }
  interface FastifyInstance {
    /** Aborted when the server begins to stop: streams end, and their readers reconnect to another process. */
    stopping: AbortSignal
    streams: Streams
  }
  interface FastifyContextConfig {
    access?: Access
    /**
     * The route takes an `Idempotency-Key`: set it on every POST that creates or moves money or stock. `sealed` is for requests
     * with passwords and responses with tokens: see `sealOf`.
     */
    idempotent?: boolean | 'sealed'
    /** Says what a second request does, on a POST that is not `idempotent`. The server does not start without either. */
    repeat?: string
    /** The name of the rate limit; 'default' when absent, 'none' for health. */
    limit?: string
    /** Only requests that end in a refusal or without an answer count. A service sends the good requests of many people. */
    countsRefusals?: boolean
    /**
     * The route ignores the caller's token: signing in and refreshing must work with an expired one. Every other route
     * under /api/v1 answers 401 to a token that is not valid, also where guests may call: a cart must not turn into a
     * guest's cart because a token expired.
     */
    ignoresToken?: boolean
    /** False: a write of staff that the audit does not have, such as the positions of a courier. */
    audit?: boolean
    /** The query may bring a stream token instead of `Authorization`: see `streamTokenFor`. */
    streamToken?: boolean
    /** The sender is a system of another company, such as a bank: unknown fields are let through. */
    tolerant?: boolean
    /** The largest body in bytes: 64 KiB when absent, at most 1 MiB, and more than 64 KiB only for callers with a permission. */
    bodyLimit?: number
    /**
     * The body is `multipart/form-data` with one file of at most this many bytes; `withUpload` receives it. Only for callers
     * with a permission. The route declares `NoBody`.
     */
    upload?: number
    /** The body may be absent: an absent body counts as `{}`. */
    bodyOptional?: boolean
  }
}
