export { openFakeSentry, type FakeSentry } from './fake-sentry.ts'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

type Value = Readonly<{ stringValue?: string; intValue?: number | string; doubleValue?: number; boolValue?: boolean }>
type KeyValue = Readonly<{ key: string; value: Value }>
type Event = Readonly<{ name: string; attributes?: readonly KeyValue[] }>
type SentSpan = Readonly<{
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  attributes?: readonly KeyValue[]
  links?: readonly Readonly<{ traceId: string; spanId: string }>[]
  events?: readonly Event[]
  status?: Readonly<{ code?: number }>
}>
type Sent = Readonly<{
  resourceSpans: readonly Readonly<{
    resource?: Readonly<{ attributes?: readonly KeyValue[] }>
    scopeSpans: readonly Readonly<{ spans: readonly SentSpan[] }>[]
  }>[]
}>

/** A span as a collector received it. */
export type ReceivedSpan = Readonly<{
  /** `service.name` of its process. */
  service: string
  name: string
  kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  trace_id: string
  span_id: string
  parent_id: string | undefined
  /** The ids of the spans that it links to. */
  links: readonly string[]
  failed: boolean
  attributes: Readonly<Record<string, unknown>>
  events: readonly Readonly<{ name: string; attributes: Readonly<Record<string, unknown>> }>[]
}>

/** A collector of traces that speaks OTLP/HTTP in JSON and keeps what it receives. */
export type FakeCollector = Readonly<{
  /** The value for OTEL_EXPORTER_OTLP_ENDPOINT. */
  url: string
  spans: () => readonly ReceivedSpan[]
  /** The headers of the last request. */
  headers: () => IncomingHttpHeaders
  /** The number of spans that it did not take. */
  refused: () => number
  /** The status of the following answers: 200 at first. */
  answerWith: (status: number) => void
  close: () => Promise<void>
}>

const kinds = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'] as const
const errorStatus = 2

/** Opens a collector on a free port of this machine. */
export async function openFakeCollector(): Promise<FakeCollector> {
  const received: ReceivedSpan[] = []
  let headers: IncomingHttpHeaders = {}
  let status = 200
  let refused = 0
  const server = createServer(async (request, response) => {
    const sent = (await json(request)) as Sent
    headers = request.headers
    if (request.url !== '/v1/traces') return void response.writeHead(404).end()
    const spans = spansOf(sent)
    if (status === 200) received.push(...spans)
    else refused += spans.length
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    spans: () => received,
    headers: () => headers,
    refused: () => refused,
    answerWith: (next) => void (status = next),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const spansOf = ({ resourceSpans }: Sent): ReceivedSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(valuesOf(resource?.attributes)['service.name'])
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => receivedSpan(span, service)))
  })

const receivedSpan = (span: SentSpan, service: string): ReceivedSpan => ({
  service,
  name: span.name,
  kind: kinds[span.kind] ?? 'internal',
  trace_id: span.traceId,
  span_id: span.spanId,
  parent_id: span.parentSpanId,
  links: (span.links ?? []).map(({ spanId }) => spanId),
  failed: span.status?.code === errorStatus,
  attributes: valuesOf(span.attributes),
  events: (span.events ?? []).map(({ name, attributes }) => ({ name, attributes: valuesOf(attributes) })),
})

const valuesOf = (attributes: readonly KeyValue[] = []): Record<string, unknown> =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.doubleValue ?? value.boolValue ?? Number(value.intValue),
    ]),
  )
