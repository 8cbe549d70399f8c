/** The attributes of a span, named after OpenTelemetry's conventions. Never secrets or personal data. */
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

/** A timed operation of a trace that has started. */
export type Span = Readonly<{
  /** The W3C trace context that calls, events and jobs carry to what this span causes. */
  traceparent: string
  set: (attributes: Attributes) => void
  /** Counts a statement that was sent to the database during the span. */
  countStatement: () => void
  /** Marks the span as failed; of an error it records the type, the message and the stack, without personal data. */
  fail: (error?: unknown) => void
  /** Ends the span; a later call has no effect. */
  end: () => void
}>

/** The name of a span, its attributes and the spans that it belongs to. */
export type SpanStart = Readonly<{
  name: string
  kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  attributes?: Attributes
  /** The `traceparent` of the span that causes this one. The span begins a trace of its own when it is null. */
  parent?: string | null
  /** The `traceparent` of each span that this one also depends on. */
  links?: readonly (string | null | undefined)[]
  /** A value of `performance.now()`; the present when absent. */
  startedAt?: number
}>

/** Starts spans. */
export type Tracer = (start: SpanStart) => Span
