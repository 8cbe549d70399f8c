import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type SpanContext } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type SpanExporter,
} from '@opentelemetry/sdk-trace'
import { seconds } from '#platform/values'
import type { Log } from './log.ts'
import { redactLine } from './redact.ts'
import type { Span, Tracer } from './span.ts'

type Needs = Readonly<{
  /** The address of the collector; it receives spans at `/v1/traces`. */
  endpoint: string
  headers: Readonly<Record<string, string>>
  /** The share of traces that is recorded, from 0 to 1. A trace that a caller began follows the caller's decision. */
  ratio: number
  service: string
  version: string
  log: Log
}>

/** Spans that wait for the collector; further ones are dropped. About 15 MB. */
const maxWaiting = 8192
const batchSize = 1024
const sendInterval = seconds(1)
const sendTimeout = seconds(5)

/** Spans over OTLP/HTTP in JSON, by the libraries of OpenTelemetry. Only a program with a collector loads this file. */
export function openOtlpTracer(needs: Needs): Readonly<{ tracer: Tracer; shutdown: () => Promise<void> }> {
  const { endpoint, headers, ratio, service, version, log } = needs
  const exporter = new OTLPTraceExporter({
    url: `${endpoint}/v1/traces`,
    headers: { ...headers },
    timeoutMillis: sendTimeout,
  })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.version': version }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: reporting(exporter, log),
        maxQueueSize: maxWaiting,
        maxExportBatchSize: batchSize,
        scheduledDelayMillis: sendInterval,
        exportTimeoutMillis: sendTimeout,
      }),
    ],
  })
  return { tracer: tracerOf(provider, version), shutdown: () => provider.shutdown() }
}

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const

const tracerOf = (provider: TracerProvider, version: string): Tracer => {
  const otel = provider.getTracer('posad', version)
  return ({ name, kind = 'internal', attributes = {}, parent, links = [], startedAt }) => {
    const caller = spanContextOf(parent)
    const options = {
      kind: kinds[kind],
      attributes,
      links: links.map(spanContextOf).flatMap((context) => (context ? [{ context }] : [])),
      ...(startedAt !== undefined && { startTime: startedAt }),
    }
    return spanOver(otel.startSpan(name, options, caller ? trace.setSpanContext(ROOT_CONTEXT, caller) : ROOT_CONTEXT))
  }
}

function spanOver(span: ReturnType<ReturnType<TracerProvider['getTracer']>['startSpan']>): Span {
  const { traceId, spanId, traceFlags } = span.spanContext()
  let statements = 0
  return {
    traceparent: `00-${traceId}-${spanId}-0${traceFlags & 1}`,
    set: (attributes) => void span.setAttributes(attributes),
    countStatement: () => void statements++,
    fail: (error) => {
      span.setStatus({ code: SpanStatusCode.ERROR })
      if (error instanceof Error) span.addEvent('exception', describe(error))
    },
    end: () => {
      if (!span.isRecording()) return
      if (statements > 0) span.setAttribute('posad.statements', statements)
      span.end()
    },
  }
}

/** Names after OpenTelemetry's conventions for exceptions. */
const describe = ({ name, message, stack = '' }: Error) => ({
  'exception.type': name,
  'exception.message': redactLine(message),
  'exception.stacktrace': redactLine(stack),
})

function spanContextOf(traceparent: string | null | undefined): SpanContext | undefined {
  const [, traceId, spanId, flags] = /^00-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/.exec(traceparent ?? '') ?? []
  if (!traceId || !spanId || !flags) return undefined
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true }
}

/** Logs once that the collector does not take spans, and once that it does again. */
function reporting(exporter: OTLPTraceExporter, log: Log): SpanExporter {
  let isAway = false
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const failed = result.error !== undefined
        if (failed && !isAway)
          log.warn({ err: result.error }, 'the collector of traces does not answer; spans are lost')
        if (!failed && isAway) log.info('the collector of traces answers again')
        isAway = failed
        done(result)
      }),
    shutdown: () => exporter.shutdown(),
  }
}
